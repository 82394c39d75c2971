// SPDX-License-Identifier: Apache-2.0
// client_response: a response whose head is there and whose body is read as it comes.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/client/url.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/http/message/response.hpp>
#include <weir/io/buffer_ring.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace weir::http {

namespace detail {
class client_call;
struct client_call_closer {
    void operator()(client_call* call) const noexcept;
};
using client_call_ptr = std::unique_ptr<client_call, client_call_closer>;
}  // namespace detail

/// One response, and the connection that it comes over. When it is destroyed the connection goes
/// back to the client if the body was read to its end, and is closed otherwise: drop it soon.
/// Moves, does not copy; must not outlive its client.
///
/// ```cpp
/// auto page = co_await weir::ok(client.start(request));
/// for (;;) {
///     weir::buffer_lease piece = co_await weir::ok(page.read());
///     if (piece.empty()) break;
///     co_await weir::ok(file.write(piece.data()));
/// }
/// ```
class client_response {
public:
    explicit client_response(detail::client_call_ptr call) noexcept : call_(std::move(call)) {}

    [[nodiscard]] status code() const noexcept { return head().code(); }
    [[nodiscard]] const http::headers& headers() const noexcept WEIR_LIFETIMEBOUND {
        return head().headers();
    }
    /// Its own `body()` is empty. Where the body is unpacked on its way, Content-Encoding and
    /// Content-Length are left out.
    [[nodiscard]] const response& head() const noexcept WEIR_LIFETIMEBOUND;
    /// The body's length as it is sent; nullopt = it was not told.
    [[nodiscard]] std::optional<std::uint64_t> sent_length() const noexcept;
    /// Where the last redirect has led to; null = there was none.
    [[nodiscard]] const url* redirected_to() const noexcept WEIR_LIFETIMEBOUND;

    /// Reads the next piece, without a copy unless it is unpacked. What is not asked for stays in
    /// the socket, and so the server has to wait.
    ///
    /// @return        a lease on bytes of the body; an empty one = the body is complete.
    /// Errors:        http::errc: those of a chunked body, ended_early, bad_coding,
    ///                decoded_over_limit, coding_ratio_over_limit; tls::errc::truncated; timed_out
    ///                (nothing came for max_silence); given again from then on. Those of the
    ///                socket; operation_canceled.
    /// Cancellation:  nothing is lost; the next call goes on.
    /// Concurrency:   one read at a time.
    /// Allocates:     pooled frames; what is unpacked lies in memory of its own.
    /// Source:        RFC 9112 6, 7; RFC 9110 8.4.
    [[nodiscard]] task<result<buffer_lease>> read();

    /// Reads all that is left.
    ///
    /// @param max_bytes  a longer body is refused, before it is read where its length is told.
    /// Errors:           errc::body_over_limit, and those of `read`.
    /// Cancellation:     what was read is lost.
    [[nodiscard]] task<result<std::string>> collect(std::size_t max_bytes);

    /// Whether the end of the body has been read.
    [[nodiscard]] bool is_complete() const noexcept;
    /// The fields behind a chunked body that is complete; never merge them into the head's.
    [[nodiscard]] const http::headers& trailers() const noexcept WEIR_LIFETIMEBOUND;

private:
    detail::client_call_ptr call_;
};

}  // namespace weir::http
