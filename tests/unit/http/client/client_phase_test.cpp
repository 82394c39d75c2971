// SPDX-License-Identifier: Apache-2.0
// One budget for all phases: each of them hangs in turn, and the error names it.
#include "client_peers.hpp"
#include "co_test.hpp"

#include <weir/coro/ok.hpp>

using namespace weir::http::test;
namespace http = weir::http;
using http::client_phase;
using weir::task;

BOOST_AUTO_TEST_SUITE(client_phase_test)

namespace {

/// Accepts, and says nothing; reads on where it is told to.
class silent_server {
public:
    explicit silent_server(bool reads)
        : acceptor_(weir::test::listen_on_loopback()), reads_(reads) {}

    [[nodiscard]] std::string url(std::string_view scheme) const {
        return std::string(scheme) + std::to_string(acceptor_.local_endpoint().port());
    }
    task<> serve() {
        auto peer = co_await acceptor_.accept();
        if (!peer) co_return;
        if (reads_) static_cast<void>(co_await weir::test::read_to_end(*peer));
        static_cast<void>(co_await weir::sleep_for(1h));
    }

private:
    weir::net::tcp_acceptor acceptor_;
    bool reads_;
};

http::client_options within(std::chrono::nanoseconds budget) {
    http::client_options options;
    options.budget = budget;
    return options;
}

/// Whether it ended at the budget of `options`, in `phase`, which has spent most of it.
bool spent_in(const weir::result<http::response, http::client_error>& got, client_phase phase,
              std::chrono::nanoseconds budget) {
    if (got) return false;
    const http::client_error& error = got.error();
    return error.code() == std::errc::timed_out && error.phase() == phase &&
           error.spent() >= budget && error.spent() < budget + 5ms &&
           error.spent_in(phase) > budget / 2;
}

}  // namespace

CO_TEST(a_lookup_that_hangs_is_named) {
    http::client client(co_await weir::this_task(), within(100us));
    const auto page = co_await client.get("http://nobody.example/");
    CO_CHECK(spent_in(page, client_phase::resolve, 100us));
}

CO_TEST(a_name_that_nobody_has_is_named) {
    http::client client(co_await weir::this_task());
    const auto page = co_await client.get("http://nobody.example/");
    CO_CHECK_EQUAL(told(page), "!no host has that name in resolve");
}

CO_TEST(a_port_where_nobody_listens_is_named_at_once) {
    auto acceptor = weir::test::listen_on_loopback();
    const auto port = std::to_string(acceptor.local_endpoint().port());
    acceptor.close();
    http::client client(co_await weir::this_task());
    const auto page = co_await client.get("http://127.0.0.1:" + port);
    CO_CHECK(!page && page.error().code() == std::errc::connection_refused);
    CO_CHECK(page || page.error().phase() == client_phase::connect);
    CO_CHECK(page || page.error().spent() < 1s);
}

CO_TEST(a_connection_that_is_never_accepted_is_named) {
    weir::net::socket_options few;
    few.backlog = 1;
    auto acceptor = weir::test::listen_on_loopback(few);
    const auto where = acceptor.local_endpoint();
    const auto first = co_await weir::with_timeout(1s, weir::net::connect(where));
    const auto second = co_await weir::with_timeout(1s, weir::net::connect(where));
    const auto third = co_await weir::with_timeout(1s, weir::net::connect(where));
    http::client client(co_await weir::this_task(), within(2s));
    const auto page = co_await client.get("http://" + where.to_string());
    CO_CHECK(spent_in(page, client_phase::connect, 2s));
}

CO_TEST(a_handshake_that_is_not_answered_is_named) {
    silent_server server(true);
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task(), within(2s));
        const auto page = co_await client.get(server.url("https://127.0.0.1:"));
        CO_CHECK(spent_in(page, client_phase::tls, 2s));
        CO_CHECK_EQUAL(client.statistics().timeouts(client_phase::tls), 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_request_that_nobody_reads_is_named) {
    silent_server server(false);
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task(), within(2s));
        http::client_request request("PUT", *http::url::parse(server.url("http://127.0.0.1:")));
        request.body() = std::string(20'000'000, 'x');
        const auto page = co_await client.send(std::move(request));
        CO_CHECK(spent_in(page, client_phase::send, 2s));
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_response_that_does_not_come_is_named) {
    silent_server server(true);
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task(), within(2s));
        const auto page = co_await client.get(server.url("http://127.0.0.1:"));
        CO_CHECK(spent_in(page, client_phase::response, 2s));
    };
    co_await talk_to(server, talk);
}

CO_TEST(half_a_head_is_no_response) {
    scripted_server server({step("HTTP/1.1 200 OK\r\nContent-")});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task(), within(2s));
        const auto page = co_await client.get(server.url());
        CO_CHECK(spent_in(page, client_phase::response, 2s));
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_body_that_stops_is_named) {
    scripted_server server({step("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task(), within(2s));
        const auto page = co_await client.get(server.url());
        CO_CHECK(spent_in(page, client_phase::body, 2s));
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_line_that_does_not_move_is_named) {
    silent_server server(true);
    const auto talk = [&]() -> task<> {
        http::client_options options = within(2s);
        options.max_connections_per_origin = 1;
        http::client client(co_await weir::this_task(), options);
        http::client_request patient("GET", *http::url::parse(server.url("http://127.0.0.1:")));
        patient.budget(1min);
        weir::task_group group(co_await weir::this_task(), 1);
        const auto occupy = [&]() -> task<> { static_cast<void>(co_await client.send(patient)); };
        auto started = group.spawn(occupy);
        static_cast<void>(co_await started);
        const auto page = co_await client.get(server.url("http://127.0.0.1:"));
        CO_CHECK(spent_in(page, client_phase::pool, 2s));
        options.max_connections_per_origin = 2;
        group.request_stop();
        static_cast<void>(co_await group.join());
    };
    co_await talk_to(server, talk);
}

CO_TEST(redirects_share_one_budget) {
    scripted_server server({step(redirect_to("/b")).after(900ms),
                            step(redirect_to("/c")).after(900ms),
                            step(counted("late")).after(900ms)});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task(), within(2s));
        const auto page = co_await client.get(server.url());
        CO_CHECK(spent_in(page, client_phase::response, 2s));
        CO_CHECK_EQUAL(server.heard.size(), 3U);
    };
    co_await talk_to(server, talk);
}

BOOST_AUTO_TEST_SUITE_END()
