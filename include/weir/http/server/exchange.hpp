// SPDX-License-Identifier: Apache-2.0
// exchange: one request and its answer, as a handler sees them.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/response.hpp>
#include <weir/http/message/status.hpp>
#include <weir/http/server/prepared_response.hpp>
#include <weir/http/server/raw_connection.hpp>
#include <weir/http/server/request_body.hpp>
#include <weir/http/server/response_writer.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/net/endpoint.hpp>

#include <optional>
#include <string_view>

namespace weir::http {

/// A request whose head has been read, its body, and the way to answer. Valid until the handler's
/// task ends; belongs to one shard. One answer: a second `respond` or `start` is a contract
/// violation.
///
/// ```cpp
/// weir::task<weir::result<void>> greet(weir::http::exchange& exchange) {
///     if (exchange.request().path() != "/") {
///         co_return co_await exchange.respond(weir::http::status::not_found, "text/plain", "?\n");
///     }
///     co_return co_await exchange.respond(weir::http::status::ok, "text/plain", "hello\n");
/// }
/// ```
class exchange {
public:
    explicit exchange(detail::server_connection& on) noexcept : connection_(on) {}
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;

    /// The head; its own `body()` is empty.
    [[nodiscard]] const http::request& request() const noexcept;
    [[nodiscard]] request_body& body() noexcept;
    [[nodiscard]] response_writer& answer() noexcept;
    /// Fields that the answer will have, whichever way it is given.
    [[nodiscard]] http::headers& headers() noexcept;
    /// Who is connected, or whom its PROXY header names; asked of the system once a connection.
    /// Unspecified where that fails.
    [[nodiscard]] const net::endpoint& peer() const;
    /// Who asks: the peer, or whom the proxies in between name, as far as `server_options::proxies`
    /// believes them. nullopt = one that is believed does not tell: do not take the proxy for it.
    [[nodiscard]] std::optional<net::endpoint> client() const;
    /// Whether the server is about to end: work that takes long had better stop.
    [[nodiscard]] bool is_draining() const noexcept;
    /// Waits until the server is about to end: for answers that have no end of their own.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  ends the wait.
    /// Concurrency:   any number of waits.
    [[nodiscard]] task<result<void>> drain_begun();

    /// Answers with a copy of `body`; that is the whole answer.
    ///
    /// @param content_type  empty = no such field.
    /// @param body          borrowed until this completes.
    /// Errors:              as `response_writer::start`.
    /// Cancellation:        as `response_writer::start`.
    /// Allocates:           one pooled frame.
    [[nodiscard]] task<result<void>> respond(status code, std::string_view content_type = {},
                                             std::string_view body = {});
    /// Answers with shared bytes. As above.
    ///
    /// Errors:        as above.
    /// Cancellation:  as above.
    [[nodiscard]] task<result<void>> respond(status code, std::string_view content_type,
                                             send_buffer body);
    /// Answers with what was prepared; it is borrowed. As above.
    ///
    /// Errors:        as above.
    /// Cancellation:  as above.
    [[nodiscard]] task<result<void>> respond(const prepared_response& answer);
    /// Answers with `answer`; its version is not looked at. As above.
    ///
    /// Errors:        as above.
    /// Cancellation:  as above.
    [[nodiscard]] task<result<void>> respond(response answer);

    /// Takes the connection out of HTTP, after an upgrade for example: the request and what was
    /// received behind it go with it. Answering is then up to whoever speaks on it. Draining the
    /// server does not end it before the deadline does.
    ///
    /// ```cpp
    /// weir::http::raw_connection raw = weir::ok(exchange.take_connection());
    /// auto peer = co_await weir::ws::upgrade(std::move(raw.socket), std::move(raw.request),
    ///                                        std::move(raw.leftover), options);
    /// ```
    /// Errors: operation_not_permitted (the answer has begun, or the body has not been read).
    [[nodiscard]] result<raw_connection> take_connection();

private:
    detail::server_connection& connection_;
};

}  // namespace weir::http
