// SPDX-License-Identifier: Apache-2.0
// client_request: what a client asks for.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/client/url.hpp>
#include <weir/http/message/headers.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace weir::http {

class request_body_writer;

/// Writes a body piece by piece; its end is that of the body, its error that of the request.
using body_source = std::function<task<result<void>>(request_body_writer&)>;

/// A request; a value. Its body is a text, which can be sent again, or comes from a source, which
/// is called once.
///
/// ```cpp
/// weir::http::client_request request("POST", where);
/// weir::ok(request.headers().add("Content-Type", "application/json"));
/// request.body() = "{}";
/// ```
class client_request {
public:
    /// @param method  a token, in upper case by convention; not CONNECT.
    explicit client_request(std::string method, url where)
        : method_(std::move(method)), where_(std::move(where)) {}

    [[nodiscard]] const std::string& method() const noexcept { return method_; }
    [[nodiscard]] const url& where() const noexcept { return where_; }
    /// Fields of the head; none of those that the client writes itself: Host, Connection,
    /// Content-Length, Transfer-Encoding, Expect and their like. With an Accept-Encoding or a Range
    /// the response is left as it was sent.
    [[nodiscard]] http::headers& headers() noexcept { return headers_; }
    [[nodiscard]] const http::headers& headers() const noexcept { return headers_; }
    [[nodiscard]] std::string& body() noexcept { return body_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }

    /// Has the body come from `from` instead.
    /// @param length  of all of it; nullopt = it is sent in chunks.
    void stream_body(body_source from, std::optional<std::uint64_t> length = std::nullopt) {
        source_ = std::move(from);
        source_length_ = length;
    }
    [[nodiscard]] bool is_streamed() const noexcept { return source_ != nullptr; }
    [[nodiscard]] const body_source& source() const noexcept { return source_; }
    /// What the head says of the body; nullopt = it comes in chunks.
    [[nodiscard]] std::optional<std::uint64_t> body_length() const noexcept {
        return is_streamed() ? source_length_ : body_.size();
    }

    /// Asks the server before the body is sent, so that one that is refused is not sent at all
    /// (`Expect: 100-continue`). For large bodies.
    void expect_continue(bool value = true) noexcept { expects_continue_ = value; }
    [[nodiscard]] bool expects_continue() const noexcept {
        return expects_continue_ && body_length() != 0U;
    }
    /// Instead of `client_options::budget`.
    void budget(std::chrono::nanoseconds value) noexcept { budget_ = value; }
    [[nodiscard]] std::optional<std::chrono::nanoseconds> budget() const noexcept {
        return budget_;
    }

    /// Whether it has the same effect when it is sent twice (RFC 9110 9.2.2).
    [[nodiscard]] bool is_idempotent() const noexcept;

    /// The same request somewhere else.
    [[nodiscard]] client_request sent_to(url elsewhere) const;
    /// The request without its body, its fields, and with another method.
    void become_bodiless(std::string_view method);

private:
    std::string method_;
    url where_;
    http::headers headers_;
    std::string body_;
    body_source source_;
    std::optional<std::uint64_t> source_length_;
    std::optional<std::chrono::nanoseconds> budget_;
    bool expects_continue_ = false;
};

static_assert(!std::is_aggregate_v<client_request>);

}  // namespace weir::http
