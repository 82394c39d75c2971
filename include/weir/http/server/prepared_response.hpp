// SPDX-License-Identifier: Apache-2.0
// prepared_response: an answer that is the same each time, encoded once.
#pragma once

#include <weir/http/message/response.hpp>
#include <weir/http/message/status.hpp>
#include <weir/io/send_buffer.hpp>

#include <string>
#include <string_view>

namespace weir::http {

/// An answer in its encoded form, but for the fields that a server adds each time. Copying it
/// shares the body; it may be used by any shard.
///
/// ```cpp
/// const weir::http::prepared_response hello(
///     weir::http::response(weir::http::status::ok, "text/plain", "hello\n"));
/// co_return co_await exchange.respond(hello);
/// ```
class prepared_response {
public:
    /// None of `message`'s headers may be one that the server writes itself (asserted): they are
    /// Connection, Content-Length, Date, Keep-Alive and Transfer-Encoding.
    explicit prepared_response(const response& message);

    [[nodiscard]] status code() const noexcept { return status_; }
    /// Status line and fields, without the blank line.
    [[nodiscard]] std::string_view head() const noexcept { return head_; }
    [[nodiscard]] const send_buffer& body() const noexcept { return body_; }

private:
    status status_;
    std::string head_;
    send_buffer body_;
};

}  // namespace weir::http
