// SPDX-License-Identifier: Apache-2.0
// accept, connect: turn a connected socket into one that speaks TLS. The socket stays what it is:
// all that is built on sockets runs over TLS without knowing of it.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/net/connect.hpp>
#include <weir/net/stream_socket.hpp>
#include <weir/tls/context.hpp>
#include <weir/tls/options.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weir::tls {

/// What the two ends have agreed on.
class connection_info {
public:
    connection_info() = default;

    tls::version version = version::tls_1_3;
    /// In the names of the registry of TLS, as "TLS_AES_256_GCM_SHA384".
    std::string cipher;
    /// The application protocol (ALPN); empty = none was agreed on.
    std::string protocol;
    /// The host that the client asked for (SNI); empty = it named none.
    std::string host;
    /// Whether it goes on from an earlier connection.
    bool is_resumed = false;
    /// The subject of the peer's certificate, verified, as "CN=a,O=b" (RFC 2253); empty = it has
    /// shown none.
    std::string peer_subject;
};

/// Waits for the client's side of a TLS handshake on `socket`, with our certificate.
/// From then on the socket's bytes are those inside of TLS. Its reads end with `errc::truncated`
/// when the peer goes without saying so; `shutdown_send` and `close` say so to the peer.
///
/// @param socket   connected, and nobody reads. What is queued on it leaves first, in plain. After
///                 an error it is only good for closing, which tells the peer why.
/// Errors:         every errc but host_mismatch; `alert_category` (the peer has refused);
///                 timed_out (`handshake_timeout`); those of the socket; operation_canceled.
/// Cancellation:   the handshake is broken off: close the socket.
/// Source:         RFC 8446, RFC 5246; RFC 6066 3 (SNI), RFC 7301 (ALPN), RFC 5077 (tickets).
[[nodiscard]] task<result<connection_info>> accept(net::stream_socket& socket,
                                                   server_context context);

/// `accept` as a step that a server takes with each socket; what was agreed on is not told.
[[nodiscard]] std::function<task<result<void>>(net::stream_socket&)> acceptance(
    server_context context);

/// The client's side: the server must show a certificate for `host` that is signed by somebody who
/// is trusted.
///
/// @param host     a name, which is also told to the server, or an IP address, which is not.
/// Errors:         as `accept`; host_mismatch.
/// Cancellation:   as `accept`.
/// Source:         as `accept`; RFC 9525 (names in certificates).
[[nodiscard]] task<result<connection_info>> connect(net::stream_socket& socket,
                                                    client_context context, std::string host);

/// A socket, and what its ends have agreed on.
class connection {
public:
    explicit connection(net::tcp_socket connected, connection_info agreed)
        : socket(std::move(connected)), info(std::move(agreed)) {}

    net::tcp_socket socket;
    connection_info info;
};

/// Finds `host`, connects to it and shakes hands. One `within` or `with_timeout` around it covers
/// all three; its phases are "resolve", "connect" and "tls".
///
/// @param host    a name, or an IP address in text form.
/// Errors:        those of `net::connect_to` and of `connect`.
/// Cancellation:  whatever is open is closed.
/// Source:        as `connect`.
[[nodiscard]] task<result<connection>> connect_to(std::string host, std::uint16_t port,
                                                  client_context context,
                                                  net::connect_options options = {});

}  // namespace weir::tls
