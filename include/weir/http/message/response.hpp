// SPDX-License-Identifier: Apache-2.0
// response: one HTTP response, as parsed or as it will be sent.
#pragma once

#include <weir/http/message/headers.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/status.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace weir::http {

/// A response; a value.
///
/// ```cpp
/// weir::http::response page(weir::http::status::ok, "text/plain; charset=utf-8", "hello\n");
/// send(serialize(page, request.keeps_alive()));
/// ```
class response {
public:
    response() = default;
    explicit response(status code, http::version version = version::http_1_1)
        : status_(code), version_(version) {}
    /// @param content_type  without CR, LF or NUL: a constant of the program, so asserted.
    response(status code, std::string_view content_type, std::string body);

    /// Makes it another response with the headers that it has, without a body, in its own memory.
    void begin(status code, http::version version) noexcept {
        status_ = code;
        version_ = version;
        body_.clear();
    }

    [[nodiscard]] status code() const noexcept { return status_; }
    [[nodiscard]] http::version version() const noexcept { return version_; }
    [[nodiscard]] const http::headers& headers() const noexcept { return headers_; }
    [[nodiscard]] http::headers& headers() noexcept { return headers_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }
    [[nodiscard]] std::string& body() noexcept { return body_; }

private:
    status status_ = status::ok;
    http::version version_ = version::http_1_1;
    http::headers headers_;
    std::string body_;
};

/// The response as bytes. Adds Content-Length, unless the status has no body, and
/// `Connection: close` where the connection ends after it. Neither Content-Length nor
/// Transfer-Encoding may be among the headers (asserted).
/// @param keeps_alive  whether the connection serves another request afterwards.
/// @param with_body    false for the answer to HEAD: the length is told, the body left out.
[[nodiscard]] std::string serialize(const response& message, bool keeps_alive,
                                    bool with_body = true);

}  // namespace weir::http
