// SPDX-License-Identifier: Apache-2.0
// client: asks HTTP/1.1 servers, over connections that are kept, within one budget of time for all
// that a request does.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/http/client/client_error.hpp>
#include <weir/http/client/client_options.hpp>
#include <weir/http/client/client_request.hpp>
#include <weir/http/client/client_response.hpp>
#include <weir/http/client/client_statistics.hpp>
#include <weir/http/message/response.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace weir::http {

namespace detail {
class client_core;
}  // namespace detail

/// An HTTP/1.1 client. Lives in the frame of the task that owns it and belongs to that shard;
/// neither copies nor moves. Must outlive its calls and their responses.
///
/// ```cpp
/// weir::http::client client(co_await weir::this_task());
/// const auto page = co_await client.get("https://example.org/");
/// if (!page) log(page.error().message());    // "... timed out in tls after 30000 ms (...)"
/// ```
class client {
public:
    explicit client(task_view owner, client_options options = client_options());
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    ~client();

    /// Asks for what a URL names.
    ///
    /// @param where  see `url::parse`.
    /// @return       the final response, whatever its status; its body unpacked, up to
    ///               max_body_bytes.
    /// Errors:       with the phase that it ended in: timed_out (the budget); `client_errc`;
    ///               `http::errc` (a response that is none, or passes a limit: it is named);
    ///               refusal::exhausted; those of resolving, connecting and TLS, and of the socket;
    ///               connection_aborted (closed before any byte of a response);
    ///               operation_canceled.
    /// Cancellation: the connection is closed, unless the response had come to its end.
    /// Concurrency:  any number of calls.
    /// Source:       RFC 9110, RFC 9112.
    [[nodiscard]] task<result<response, client_error>> get(std::string where);

    /// Sends a request and reads the whole response. The body is sent while the response is read.
    /// As `get`.
    ///
    /// Errors:        as `get`; errc::bad_method, reserved_header, length_mismatch, and those of
    ///                the body's source.
    /// Cancellation:  as `get`.
    [[nodiscard]] task<result<response, client_error>> send(client_request request);

    /// Sends a request and gives the response as soon as its head is there and the request has been
    /// sent; its body is then read piece by piece. Of a server that answers while it still reads
    /// that is too late if it waits for its answer to be read: use `send` there.
    ///
    /// @param request  borrowed until this completes.
    /// Errors:         as `send`.
    /// Cancellation:   as `get`.
    /// Allocates:      pooled blocks, on a kept connection.
    [[nodiscard]] task<result<client_response, client_error>> start(const client_request& request);
    /// A request that would be gone by then.
    /// Errors:        as above.
    /// Cancellation:  as above.
    task<result<client_response, client_error>> start(client_request&& request) = delete;

    /// Where it counts: with `client_options::statistics` others of the shard may count there, too.
    [[nodiscard]] const client_statistics& statistics() const noexcept;
    /// Connections that are open, in use or kept, or being opened.
    [[nodiscard]] std::size_t open_connections() const noexcept;

private:
    std::unique_ptr<detail::client_core> core_;
};

}  // namespace weir::http
