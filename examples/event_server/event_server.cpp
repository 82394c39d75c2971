// SPDX-License-Identifier: Apache-2.0
#include "event_server.hpp"

#include "http_pages.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/http/message/error.hpp>
#include <weir/http/message/response.hpp>
#include <weir/io/of_this_shard.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/ws/accept.hpp>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;

/// Connections beyond the limit of clients: those that speak HTTP, and those that get a 503.
constexpr std::size_t spare_connections = 1024;
/// Closing is spread over at most this, so that not all clients come back at once elsewhere.
constexpr std::chrono::nanoseconds max_spread = 2s;

weir::result<weir::net::tcp_acceptor> listen_on(const weir::net::endpoint& where) {
    weir::net::socket_options options;
    options.reuse_port = true;
    return weir::net::tcp_acceptor::listen(where, options);
}

weir::http::response answer_to_error(const std::error_code& error) {
    return weir::http::response(weir::http::status_for(error), "text/plain; charset=utf-8",
                                error.message() + "\n");
}

}  // namespace

event_server::event_server(server_state& server)
    : server_(server),
      shard_(weir::this_shard().index()),
      counted_(weir::of_this_shard(server.metrics.http)),
      max_clients_((server.settings.max_connections + server.settings.shards - 1) /
                   server.settings.shards) {}

weir::task<weir::result<void>> event_server::serve(weir::net::endpoint where) {
    auto acceptor = weir::ok(listen_on(where));
    announce(where);
    if (server_.draining.load()) drain();
    weir::task_group connections(co_await weir::this_task(), max_clients_ + spare_connections);
    static_cast<void>(
        co_await weir::when_all(accept_all(acceptor, connections), drain_when_told(acceptor)));
    // Past the deadline the rest is cut off: join still waits until each task has ended.
    co_return co_await weir::with_deadline(deadline_, connections.join());
}

void event_server::announce(const weir::net::endpoint& where) {
    // Whoever waits for this line connects at once, so the last shard to listen prints it.
    if (server_.listening.fetch_add(1) + 1 < server_.settings.shards) return;
    if (!server_.settings.announces) return;
    std::printf("listening on %s\n", where.to_string().c_str());
    std::fflush(stdout);
}

weir::task<> event_server::accept_all(weir::net::tcp_acceptor& acceptor,
                                      weir::task_group& connections) {
    while (auto socket = co_await acceptor.accept()) {
        const auto serve_it = [this](weir::net::tcp_socket accepted) {
            return serve_connection(std::move(accepted));
        };
        // Without a place it is dropped, which closes it: waiting would only hide the overload.
        if (!connections.try_spawn(serve_it, std::move(*socket))) {
            server_.metrics.refused.at(shard_).add();
        }
    }
}

weir::task<> event_server::drain_when_told(weir::net::tcp_acceptor& acceptor) {
    if (!co_await drain_.wait()) co_return;
    deadline_ = weir::reactor::current().now() + server_.settings.drain;
    acceptor.close();
    const auto spread = std::min<std::chrono::nanoseconds>(server_.settings.drain / 4, max_spread);
    const auto pause = spread / static_cast<long>(clients_.size() + 1);
    std::minstd_rand random(shard_ + 1);
    std::uniform_real_distribution<double> jitter(0.5, 1.5);
    while (!clients_.empty()) {
        clients_.front()->leave(weir::ws::close_code::going_away, "the server goes away");
        const auto wait =
            std::chrono::duration_cast<std::chrono::nanoseconds>(pause * jitter(random));
        if (!co_await weir::sleep_for(wait)) co_return;
    }
    requests_.request_stop();
}

std::size_t event_server::longest_queue() const noexcept {
    std::size_t longest = 0;
    for (const client* each : clients_) longest = std::max(longest, each->queued_bytes());
    return longest;
}

weir::task<> event_server::serve_connection(weir::net::tcp_socket socket) {
    counted_.connections.add();
    co_await converse(std::move(socket));
    counted_.connections_ended.add();
}

weir::task<> event_server::converse(weir::net::tcp_socket socket) {
    weir::http::request_reader reader(socket);
    auto upgrade = co_await weir::with_stop(requests_, serve_requests(socket, reader));
    if (!upgrade) {
        static_cast<void>(co_await socket.close());
        co_return;
    }
    counted_.handed_over.add();
    auto opened = co_await weir::ws::upgrade(std::move(socket), std::move(*upgrade),
                                             reader.take_leftover(), server_.websocket);
    if (!opened) co_return;
    client served(server_, parser_, clients_, std::move(*opened));
    if (server_.draining.load()) served.leave(weir::ws::close_code::going_away, {});
    co_await served.serve();
}

weir::task<std::optional<weir::http::request>> event_server::serve_requests(
    weir::net::tcp_socket& socket, weir::http::request_reader& reader) {
    for (;;) {
        auto request = co_await weir::with_timeout(server_settings::request_timeout, reader.next());
        if (request && *request) counted_.requests.add();
        weir::http::response answer;
        bool goes_on = false;
        bool with_body = true;
        if (!request) {
            if (request.error().category() != weir::http::category()) co_return std::nullopt;
            counted_.count_refusal(static_cast<weir::http::errc>(request.error().value()));
            answer = answer_to_error(request.error());
        } else if (!*request) {
            co_return std::nullopt;
        } else if ((*request)->wants_upgrade()) {
            if (!refuses()) co_return std::move(*request);
            server_.metrics.refused.at(shard_).add();
            answer = unavailable();
        } else {
            goes_on = (*request)->keeps_alive() && !server_.draining.load();
            with_body = (*request)->method() != "HEAD";
            answer = co_await answer_page(server_, **request);
        }
        counted_.count_answer(answer.code());
        const std::string text = weir::http::serialize(answer, goes_on, with_body);
        const auto sent = co_await socket.send_copy(weir::as_bytes(text));
        if (!sent || !goes_on) co_return std::nullopt;
    }
}
