// SPDX-License-Identifier: Apache-2.0
// request_body: the body of a request, read as it arrives. What is not asked for stays in the
// socket, and so the peer has to wait: that is the backpressure.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/message/detail/body_reader.hpp>
#include <weir/http/message/error.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/http/server/detail/transfer_pace.hpp>
#include <weir/io/buffer_ring.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace weir::http {

namespace detail {
class server_connection;
class server_stream;
}  // namespace detail

/// The body of one request. Belongs to its exchange.
///
/// A peer that waits for `100 Continue` gets it when the body is first asked for. A body that is
/// left unread is read and dropped up to `max_discarded_bytes`; beyond, the connection ends.
///
/// ```cpp
/// for (;;) {
///     weir::buffer_lease piece = co_await weir::ok(exchange.body().read());
///     if (piece.empty()) break;
///     co_await weir::ok(file.write(piece.data()));
/// }
/// ```
class request_body {
public:
    explicit request_body(detail::server_stream& from) noexcept;
    request_body(const request_body&) = delete;
    request_body& operator=(const request_body&) = delete;

    /// What the head says; nullopt = it comes in chunks. 0 when there is none.
    [[nodiscard]] std::optional<std::uint64_t> length() const noexcept { return length_; }
    /// Whether all of it has been read.
    [[nodiscard]] bool is_complete() const noexcept { return reader_.is_complete(); }
    /// The fields behind a chunked body that is complete; never merge them into the head's.
    [[nodiscard]] const headers& trailers() const noexcept { return reader_.trailers(); }

    /// Reads the next piece, without a copy.
    ///
    /// @return        a lease on bytes of the body; an empty one = the body is complete.
    /// Errors:        http::errc: those of a chunked body, body_over_limit, body_too_slow,
    ///                ended_early; given again from then on, and the connection ends with the
    ///                answer. Those of the socket; operation_canceled.
    /// Cancellation:  nothing is lost; the next call goes on.
    /// Concurrency:   one read at a time.
    /// Allocates:     two pooled frames when it has to wait.
    /// Source:        RFC 9112 6 and 7; RFC 9110 10.1.1.
    [[nodiscard]] task<result<buffer_lease>> read();

    /// Reads all that is left.
    ///
    /// @param max_bytes  a longer body is refused, before it is read where its length is told.
    /// Errors:           body_over_limit, and those of `read`.
    /// Cancellation:     what was read is lost.
    [[nodiscard]] task<result<std::string>> collect(std::size_t max_bytes);

private:
    friend class detail::server_connection;
    friend class response_writer;

    /// Begins with the body behind a head. @param length  nullopt = it comes in chunks.
    void expect(std::optional<std::uint64_t> length, bool says_continue);
    /// Drops what is left. Gives whether its end was reached within `max_bytes`.
    [[nodiscard]] task<bool> discard(std::size_t max_bytes);
    /// Whether the connection can go on behind this body, if that is read to its end.
    [[nodiscard]] bool can_go_on() const noexcept { return !error_ && !awaits_continue_; }
    /// Whether what is left of it, as far as that is known, may be dropped.
    [[nodiscard]] bool can_be_passed() const noexcept;
    [[nodiscard]] result<buffer_lease> take_received();
    [[nodiscard]] task<result<void>> receive();
    [[nodiscard]] std::error_code broken_by(std::error_code reason) noexcept;

    detail::server_stream& stream_;
    detail::body_reader reader_;
    detail::transfer_pace pace_;
    std::optional<std::uint64_t> length_;
    std::error_code error_;
    bool awaits_continue_ = false;
};

}  // namespace weir::http
