// SPDX-License-Identifier: Apache-2.0
// Bodies that take a while: asked for first, from a source, answered before they are sent.
#include "client_peers.hpp"
#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/client/request_body_writer.hpp>

#include <stdexcept>

using namespace weir::http::test;
namespace http = weir::http;
using weir::result;
using weir::task;

BOOST_AUTO_TEST_SUITE(client_upload_test)

namespace {

http::client_request put(const scripted_server& to, std::string body) {
    http::client_request made("PUT", to.where());
    made.body() = std::move(body);
    return made;
}

task<result<void>> echo(http::exchange& exchange) {
    weir::buffer_lease piece = co_await weir::ok(exchange.body().read());
    co_await weir::ok(exchange.answer().start(http::status::ok, {}, exchange.body().length()));
    while (!piece.empty()) {
        co_await weir::ok(exchange.answer().write(std::move(piece)));
        piece = co_await weir::ok(exchange.body().read());
    }
    co_return co_await exchange.answer().finish();
}

/// The head of the request that was heard first, and its body.
std::string body_heard(const scripted_server& server) {
    const std::string all = server.heard_at(0);
    const std::size_t end = all.find("\r\n\r\n");
    return end == all.npos ? std::string() : all.substr(end + 4);
}

}  // namespace

CO_TEST(a_body_that_is_asked_for_first_waits_for_the_go_ahead) {
    const auto slowly = [](http::exchange& exchange) -> task<result<void>> {
        co_await weir::ok(weir::sleep_for(200ms));  // nobody has said 100 so far
        const std::string body = co_await weir::ok(exchange.body().collect(100));
        co_return co_await exchange.respond(http::status::ok, {}, body);
    };
    answering_server server(slowly);
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("PUT", server.where());
        request.body() = "hello";
        request.expect_continue();
        const auto page = co_await client.send(std::move(request));
        CO_CHECK_EQUAL(told(page), "200 hello");
        CO_CHECK_EQUAL(client.open_connections(), 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_body_that_is_refused_at_its_head_is_not_sent) {
    scripted_server server({step("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno").at_head()});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        auto request = put(server, "hello");
        request.expect_continue();
        const auto page = co_await client.send(std::move(request));
        CO_CHECK_EQUAL(told(page), "413 no");
        CO_CHECK_EQUAL(body_heard(server), "");
        CO_CHECK_EQUAL(client.open_connections(), 0U);  // it still waits for the body
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_server_that_knows_nothing_of_expectations_gets_the_body_after_a_while) {
    scripted_server server({step(counted("ok"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        auto request = put(server, "hello");
        request.expect_continue();
        const auto page = co_await client.send(std::move(request));
        CO_CHECK_EQUAL(told(page), "200 ok");
        CO_CHECK_EQUAL(body_heard(server), "hello");
        CO_CHECK(server.heard_at(0).find("Expect: 100-continue\r\n") != std::string::npos);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_server_that_refuses_expectations_is_asked_without) {
    scripted_server server(
        {step("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n").at_head(), step(counted("ok"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        auto request = put(server, "hello");
        request.expect_continue();
        const auto page = co_await client.send(std::move(request));
        CO_CHECK_EQUAL(told(page), "200 ok");
        CO_CHECK(server.heard_at(1).find("Expect") == std::string::npos);
        CO_CHECK(server.heard_at(1).ends_with("\r\n\r\nhello"));
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_long_body_and_its_echo_pass_each_other) {
    http::server_options allowing;
    allowing.request.max_body_bytes(100'000'000);
    answering_server server(echo, allowing);
    const auto talk = [&]() -> task<> {
        http::client_options options;
        options.max_body_bytes = 100'000'000;
        http::client client(co_await weir::this_task(), options);
        http::client_request request("PUT", server.where());
        const std::string body(8'000'000, 'x');  // more than sockets and queues hold
        request.body() = body;
        const auto page = co_await client.send(std::move(request));
        CO_CHECK(page && page->body() == body);
        CO_CHECK_EQUAL(client.open_connections(), 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_refusal_ends_a_body_that_is_being_sent) {
    scripted_server server({step("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno").at_head()});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("POST", server.where());
        bool was_stopped = false;
        const auto endless = [&was_stopped](http::request_body_writer& out) -> task<result<void>> {
            for (;;) {
                const auto written = co_await out.write(weir::as_bytes("more"));
                const auto slept = co_await weir::sleep_for(100ms);
                was_stopped = !written || !slept;
                if (was_stopped) co_return weir::fail(std::errc::operation_canceled);
            }
        };
        request.stream_body(endless);
        const auto page = co_await client.send(std::move(request));
        CO_CHECK_EQUAL(told(page), "403 no");
        CO_CHECK(was_stopped);
        CO_CHECK_EQUAL(client.open_connections(), 0U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_source_that_fails_ends_the_request_with_its_error) {
    scripted_server server({step(counted("never"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("POST", server.where());
        request.stream_body([](http::request_body_writer& out) -> task<result<void>> {
            co_await weir::ok(out.write(weir::as_bytes("some")));
            co_return weir::fail(std::errc::no_such_file_or_directory);
        });
        const auto page = co_await client.send(std::move(request));
        CO_CHECK(!page && page.error().code() == std::errc::no_such_file_or_directory);
        CO_CHECK(page || page.error().spent() < 1s);
        CO_CHECK_EQUAL(client.open_connections(), 0U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(what_a_source_throws_comes_out_of_the_request) {
    scripted_server server({step(counted("never"))});
    bool was_thrown = false;
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("POST", server.where());
        request.stream_body([](http::request_body_writer&) -> task<result<void>> {
            throw std::runtime_error("of the source");
            co_return {};
        });
        try {
            static_cast<void>(co_await client.send(std::move(request)));
        } catch (const std::runtime_error&) {
            was_thrown = true;
        }
        CO_CHECK_EQUAL(client.open_connections(), 0U);
    };
    co_await talk_to(server, talk);
    CO_CHECK(was_thrown);
}

BOOST_AUTO_TEST_SUITE_END()
