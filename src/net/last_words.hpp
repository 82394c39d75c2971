// SPDX-License-Identifier: Apache-2.0
// last_words: lets a peer read why it is refused. A socket that is closed while received bytes lie
// unread sends a reset, and the reset overtakes what was sent before it: a client that was still
// sending would never see the close frame or the HTTP answer. Sources: RFC 9112 9.6, RFC 2525 2.17.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/net/stream_socket.hpp>

namespace weir::net {

/// Receives and drops bytes until the peer ends the stream. Put a `with_timeout` around it.
///
/// Errors:        those of the socket; operation_canceled.
/// Cancellation:  ends at once; the socket is only good for closing.
[[nodiscard]] task<result<void>> drop_until_end(stream_socket& socket);

/// Ends our direction once everything queued was sent, then drops what the peer still sends until
/// it ends its own. Put a `with_timeout` around it.
///
/// Errors:        those of the socket; operation_canceled.
/// Cancellation:  ends at once; the socket is only good for closing.
[[nodiscard]] task<result<void>> let_last_words_arrive(stream_socket& socket);

}  // namespace weir::net
