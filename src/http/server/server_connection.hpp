// SPDX-License-Identifier: Apache-2.0
// server_connection: one connection of a server: reads heads, has them answered, and knows how the
// connection ends.
//
//   idle --first byte--> head --blank line--> answering --answered, may go on--> idle
//    |                    |                      |`--not--> over, with last words
//    |timeout, drain,     |timeout: 408          |`--taken: it is no longer ours
//    |room is needed      |refused: 4xx, 505      `--broken: over
//    `--> over            `--> over, with last words
//
// One timer and one stop_source do for all of it: while a request is under way no time is limited
// here, and what ends an idle connection or a slow head ends the whole conversation.
#pragma once

#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/raw_connection.hpp>
#include <weir/http/server/request_body.hpp>
#include <weir/http/server/response_writer.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/net/stream_socket.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include "http/message/request_head_parser.hpp"
#include "server_stream.hpp"

namespace weir::http::detail {

/// Lives in the frame of the task that serves it.
class server_connection final : public list_node {
public:
    /// @param peer  who is at the other end; nullopt = ask the system.
    explicit server_connection(net::stream_socket socket, server_core& core,
                               std::optional<net::endpoint> peer = std::nullopt);
    server_connection(const server_connection&) = delete;
    server_connection& operator=(const server_connection&) = delete;
    ~server_connection();

    /// Serves until the connection has ended and is closed, or was taken.
    ///
    /// Errors:        none.
    /// Cancellation:  stops the handler under way and closes.
    [[nodiscard]] task<> serve();

    /// Ends it if no request is under way.
    void end_if_idle() noexcept;
    /// The server drains: an idle one ends when that says so.
    void hasten_idle_end() noexcept;

    // For the exchange.
    [[nodiscard]] http::request& head() noexcept { return head_; }
    [[nodiscard]] request_body& body() noexcept { return body_; }
    [[nodiscard]] response_writer& answer() noexcept { return answer_; }
    [[nodiscard]] const net::endpoint& peer();
    [[nodiscard]] std::optional<net::endpoint> client();
    /// Waits for the drain.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  ends the wait.
    [[nodiscard]] task<result<void>> drain_begun();
    [[nodiscard]] bool is_draining() const noexcept;
    [[nodiscard]] result<raw_connection> take();

private:
    using time_point = reactor::time_point;
    enum class phase : std::uint8_t { idle, head, answering, over };

    class watch final : public timer {
    public:
        explicit watch(server_connection& over) noexcept : over_(over) {}
        void expired() noexcept override { over_.time_is_up(); }

    private:
        server_connection& over_;
    };

    [[nodiscard]] task<> converse();
    [[nodiscard]] result<bool> parse_head();
    [[nodiscard]] bool begin_wait() noexcept;
    void end_wait() noexcept;
    [[nodiscard]] bool begin_exchange();
    [[nodiscard]] bool is_settled() const noexcept;
    [[nodiscard]] task<bool> settle();
    [[nodiscard]] task<> answer_failure();
    void note_exchange();
    [[nodiscard]] task<> refuse();
    [[nodiscard]] task<> close();

    void limit_wait(time_point deadline) noexcept;
    void time_is_up() noexcept;

    server_stream stream_;
    request_head_parser parser_;
    http::request head_;
    request_body body_;
    response_writer answer_;
    exchange exchange_;
    stop_source stop_;
    watch watch_;
    time_point deadline_ = time_point::max();
    time_point watched_until_ = time_point::max();
    time_point head_read_{};
    std::optional<net::endpoint> peer_;
    std::error_code failure_;  // of the exchange
    std::string what_;         // of the exception that its handler ended in
    std::error_code refusal_;  // what the connection ends for
    std::size_t requests_left_;
    std::size_t requests_ = 0;
    phase phase_ = phase::idle;
    bool has_last_words_ = false;
};

}  // namespace weir::http::detail
