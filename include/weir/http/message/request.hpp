// SPDX-License-Identifier: Apache-2.0
// request: one HTTP request, as parsed or as it will be sent.
#pragma once

#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir::http {

/// The versions that are spoken.
enum class version : std::uint8_t { http_1_0, http_1_1 };

/// A request; a value. The fields may hold anything that the grammar allows: check before use.
class request {
public:
    request() = default;
    request(std::string method, std::string target, version version = version::http_1_1)
        : method_(std::move(method)), target_(std::move(target)), version_(version) {}

    /// Makes it another request with the headers that it has, without a body, in its own memory.
    void begin(std::string_view method, std::string_view target, http::version version);

    /// Upper case by convention, compared with case (RFC 9110 9.1).
    [[nodiscard]] const std::string& method() const noexcept { return method_; }
    /// The request target as sent, escapes undecoded: "/chat?room=1".
    [[nodiscard]] const std::string& target() const noexcept { return target_; }
    /// The target up to the first '?'.
    [[nodiscard]] std::string_view path() const noexcept;
    /// The target after the first '?'; empty when there is none.
    [[nodiscard]] std::string_view query() const noexcept;
    [[nodiscard]] http::version version() const noexcept { return version_; }
    [[nodiscard]] const http::headers& headers() const noexcept { return headers_; }
    [[nodiscard]] http::headers& headers() noexcept { return headers_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }
    [[nodiscard]] std::string& body() noexcept { return body_; }

    /// Whether the connection may serve another request after this one (RFC 9112 9.3).
    [[nodiscard]] bool keeps_alive() const noexcept;
    /// Whether the sender asks to speak another protocol on this connection: Upgrade, and
    /// Connection names it, in HTTP/1.1 (RFC 9110 7.8).
    [[nodiscard]] bool wants_upgrade() const noexcept;

private:
    std::string method_;
    std::string target_;
    http::version version_ = version::http_1_1;
    http::headers headers_;
    std::string body_;
};

/// The request as bytes. Adds Content-Length when there is a body.
/// Errors: bad_method (not a token), bad_target (empty, or has a space or control character).
[[nodiscard]] result<std::string> serialize(const request& message);

}  // namespace weir::http
