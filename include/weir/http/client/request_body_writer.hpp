// SPDX-License-Identifier: Apache-2.0
// request_body_writer: the body of a request, sent as it is made.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/buffer_ring.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>

namespace weir::http {

namespace detail {
class client_connection;
class client_upload;
}  // namespace detail

/// What a `body_source` writes to; valid until it returns. Its end is written for it.
///
/// ```cpp
/// request.stream_body([&](weir::http::request_body_writer& out) -> task<result<void>> {
///     for (const std::string& line : lines) co_await weir::ok(out.write(weir::as_bytes(line)));
///     co_return {};
/// });
/// ```
class request_body_writer {
public:
    explicit request_body_writer(detail::client_connection& to,
                                 std::optional<std::uint64_t> length) noexcept
        : to_(to), length_(length) {}
    request_body_writer(const request_body_writer&) = delete;
    request_body_writer& operator=(const request_body_writer&) = delete;

    /// Sends a copy of `data`; waits while more than 1 MiB is queued. Empty: nothing.
    ///
    /// Errors:        length_mismatch (more than was told); those of the socket;
    ///                operation_canceled, also when the server has refused the rest.
    /// Cancellation:  what was queued is sent; the request is over.
    /// Concurrency:   one write at a time.
    [[nodiscard]] task<result<void>> write(bytes data);
    /// The same without a copy, of bytes that were received.
    ///
    /// Errors:        as above.
    /// Cancellation:  as above.
    [[nodiscard]] task<result<void>> write(buffer_lease data);

    /// So far.
    [[nodiscard]] std::uint64_t body_bytes() const noexcept { return body_bytes_; }

private:
    friend class detail::client_upload;

    /// Errors:        length_mismatch (less than was told); as `write`.
    /// Cancellation:  as `write`.
    [[nodiscard]] task<result<void>> finish();
    [[nodiscard]] result<void> count(std::size_t size) noexcept;
    template <class Data>
    [[nodiscard]] task<result<void>> send(Data data);
    [[nodiscard]] result<void> noted(result<void> outcome) noexcept;
    /// Why the socket took no more; none = it did.
    [[nodiscard]] const std::error_code& error() const noexcept { return error_; }

    detail::client_connection& to_;
    std::optional<std::uint64_t> length_;
    std::uint64_t body_bytes_ = 0;
    std::error_code error_;
};

}  // namespace weir::http
