// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client.hpp>

#include "client_peers.hpp"
#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/within.hpp>
#include <weir/metrics/registry.hpp>

#include <array>

using namespace weir::http::test;
namespace http = weir::http;
using weir::task;

BOOST_AUTO_TEST_SUITE(client_test)

namespace {

task<weir::result<void>> echo(http::exchange& exchange) {
    const std::string body = co_await weir::ok(exchange.body().collect(10'000'000));
    std::string text = exchange.request().method() + " " + exchange.request().target();
    if (!body.empty()) text += " " + body;
    co_return co_await exchange.respond(http::status::ok, "text/plain", text);
}

}  // namespace

CO_TEST(a_page_is_got_by_its_url) {
    answering_server server(echo);
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto page = co_await client.get(server.url("/a?b#c"));
        CO_CHECK_EQUAL(told(page), "200 GET /a?b");
        CO_CHECK(page && page->headers().find("Content-Type") == "text/plain");
        CO_CHECK_EQUAL(client.statistics().responses(2), 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(what_a_client_counts_is_shown_by_a_registry_after_it_has_gone) {
    weir::metrics::registry all(1);
    answering_server server(echo);
    const auto talk = [&]() -> task<> {
        http::client_options options;
        options.statistics = &http::add_client_statistics(all);
        http::client client(co_await weir::this_task(), options);
        const auto page = co_await client.get(server.url("/"));
        CO_CHECK_EQUAL(told(page), "200 GET /");
        const auto none = co_await client.get("http://name:word@host/");
        CO_CHECK(!none);
    };
    co_await talk_to(server, talk);
    const std::string text = all.text();
    const auto shows = [&](std::string_view line) { return text.find(line) != std::string::npos; };
    CO_CHECK(shows("\nweir_http_client_requests_total 2\n"));
    CO_CHECK(shows("weir_http_client_refusals_total{reason=\"credentials_in_url\"} 1\n"));
}

CO_TEST(one_connection_serves_one_request_after_the_other) {
    scripted_server server({step(counted("a")), step(counted("b")), step(counted("c"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        constexpr std::array answers{"200 a", "200 b", "200 c"};
        for (const char* expected : answers) {
            const auto page = co_await client.get(server.url());
            CO_CHECK_EQUAL(told(page), expected);
        }
        CO_CHECK_EQUAL(server.accepted, 1U);
        CO_CHECK_EQUAL(client.statistics().connections.value(), 1U);
        CO_CHECK_EQUAL(client.statistics().reused.value(), 2U);
        CO_CHECK_EQUAL(client.open_connections(), 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_body_is_sent_with_its_length) {
    scripted_server server({step(counted("ok"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("POST", server.where("/x"));
        CO_CHECK(request.headers().add("Content-Type", "text/plain"));
        request.body() = "hello";
        const auto page = co_await client.send(std::move(request));
        CO_CHECK_EQUAL(told(page), "200 ok");
        CO_REQUIRE(server.heard.size() == 1);
        const std::string port = std::to_string(server.where().port());
        CO_CHECK_EQUAL(server.heard_at(0),
                       "POST /x HTTP/1.1\r\nHost: 127.0.0.1:" + port +
                           "\r\nContent-Type: text/plain\r\nUser-Agent: weir\r\n"
                           "Accept-Encoding: gzip, deflate\r\n"
                           "Content-Length: 5\r\n\r\nhello");
    };
    co_await talk_to(server, talk);
}

CO_TEST(what_cannot_be_sent_is_refused_before_anything_is_opened) {
    scripted_server server({});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto bad = co_await client.get("http://u:p@h/");
        CO_CHECK(!bad && bad.error().code() == http::client_errc::credentials_in_url);
        const auto method = co_await client.send(http::client_request("A B", server.where()));
        CO_CHECK(!method && method.error().code() == http::errc::bad_method);
        http::client_request request("GET", server.where());
        CO_CHECK(request.headers().add("Host", "other"));
        const auto host = co_await client.send(std::move(request));
        CO_CHECK(!host && host.error().code() == http::errc::reserved_header);
        CO_CHECK(host || host.error().phase() == http::client_phase::prepare);
        CO_CHECK_EQUAL(server.accepted, 0U);
        CO_CHECK_EQUAL(client.statistics().failures.value(), 3U);
        CO_CHECK_EQUAL(client.statistics().refusals(http::client_errc::credentials_in_url), 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(interim_responses_are_passed_over) {
    scripted_server server({step("HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + counted("a"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto page = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(page), "200 a");
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_head_has_no_body_and_its_connection_goes_on) {
    scripted_server server({step("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
                            step("HTTP/1.1 204 None\r\n\r\n"), step(counted("a"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto head = co_await client.send(http::client_request("HEAD", server.where()));
        CO_CHECK_EQUAL(told(head), "200 ");
        CO_CHECK(head && head->headers().find("Content-Length") == "100");
        const auto none = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(none), "204 ");
        const auto page = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(page), "200 a");
        CO_CHECK_EQUAL(server.accepted, 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_budget_of_its_own_goes_before_the_clients) {
    scripted_server server({step(counted("late")).after(2s)});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("GET", server.where());
        request.budget(1s);
        const auto page = co_await client.send(std::move(request));
        CO_CHECK(!page && page.error().code() == std::errc::timed_out);
        CO_CHECK(page || (page.error().spent() >= 1s && page.error().spent() < 1100ms));
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_deadline_around_a_call_is_a_timeout_that_names_its_phase) {
    scripted_server server({step(counted("late")).after(2s)});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        auto asking = client.get(server.url());
        const auto page = co_await weir::with_timeout(1s, std::move(asking));
        CO_CHECK_EQUAL(told(page), "!Connection timed out in response");
        CO_CHECK_EQUAL(client.statistics().timeouts(http::client_phase::response), 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(the_ledger_of_a_budget_around_it_knows_the_phases) {
    scripted_server server({step(counted("late")).after(2s)});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        auto asking = client.get(server.url());
        const auto page = co_await weir::within(1s, std::move(asking));
        CO_CHECK(!page && page.error().phase() == "response");
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_response_that_is_no_http_is_refused_and_counted) {
    scripted_server server(
        {step("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx")});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto page = co_await client.get(server.url());
        CO_CHECK(!page && page.error().code() == http::errc::ambiguous_length);
        CO_CHECK_EQUAL(client.statistics().refusals(http::errc::ambiguous_length), 1U);
        CO_CHECK_EQUAL(client.open_connections(), 0U);
    };
    co_await talk_to(server, talk);
}

BOOST_AUTO_TEST_SUITE_END()
