// SPDX-License-Identifier: Apache-2.0
// What one call makes of redirects, and of connections that ended unnoticed.
#include "client_peers.hpp"
#include "co_test.hpp"

#include <weir/http/client/request_body_writer.hpp>

#include <array>

using namespace weir::http::test;
namespace http = weir::http;
using weir::task;

BOOST_AUTO_TEST_SUITE(client_call_test)

namespace {

/// What a client is told that asks once, then again after a rest, and how often the server heard
/// it.
class two_requests {
public:
    std::string second;
    std::size_t heard = 0;
    std::uint64_t retried = 0;
    std::uint64_t stale = 0;
};

/// The first request is answered, and the connection ended when the second one is there.
task<two_requests> ask_twice(const char* method, bool is_streamed, http::client_options options) {
    scripted_server server({step(counted("first")), step("").closes(), step(counted("again"))});
    two_requests seen;
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task(), options);
        static_cast<void>(co_await client.get(server.url()));
        http::client_request request(method, server.where());
        if (is_streamed) {
            request.stream_body([](http::request_body_writer& out) -> task<weir::result<void>> {
                co_return co_await out.write(weir::as_bytes("streamed"));
            });
        }
        const auto page = co_await client.send(std::move(request));
        seen.second = told(page);
        seen.heard = server.heard.size();
        seen.retried = client.statistics().retried.value();
        seen.stale = client.statistics().stale.value();
    };
    co_await talk_to(server, talk);
    co_return seen;
}

}  // namespace

CO_TEST(an_idempotent_request_is_sent_once_more_when_a_kept_connection_had_ended) {
    constexpr std::array methods{"GET", "PUT", "DELETE"};
    for (const char* method : methods) {
        const auto seen = co_await ask_twice(method, false, http::client_options());
        CO_CHECK_EQUAL(seen.second, "200 again");
        CO_CHECK_EQUAL(seen.heard, 3U);
        CO_CHECK_EQUAL(seen.retried, 1U);
    }
}

CO_TEST(no_other_request_is_ever_sent_twice) {
    const std::string lost =
        "!" + std::make_error_code(std::errc::connection_aborted).message() + " in response";
    const auto post = co_await ask_twice("POST", false, http::client_options());
    CO_CHECK_EQUAL(post.second, lost);
    CO_CHECK_EQUAL(post.heard, 2U);
    const auto streamed = co_await ask_twice("PUT", true, http::client_options());
    CO_CHECK(streamed.second.starts_with("!"));
    CO_CHECK_EQUAL(streamed.heard, 2U);
    http::client_options never;
    never.retries = false;
    const auto get = co_await ask_twice("GET", false, never);
    CO_CHECK_EQUAL(get.second, lost);
}

CO_TEST(a_fresh_connection_that_ends_is_no_reason_to_try_again) {
    scripted_server server({step("").closes(), step(counted("never"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto page = co_await client.get(server.url());
        CO_CHECK(told(page).starts_with("!"));
        CO_CHECK_EQUAL(server.heard.size(), 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_request_is_sent_twice_at_most) {
    scripted_server server(
        {step(counted("a")), step("").closes(), step("").closes(), step(counted("never"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        static_cast<void>(co_await client.get(server.url()));
        const auto page = co_await client.get(server.url());
        CO_CHECK(told(page).starts_with("!"));
        CO_CHECK_EQUAL(server.heard.size(), 3U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_request_of_whose_response_a_byte_has_come_is_not_sent_again) {
    scripted_server server({step(counted("a")), step("H").closes(), step(counted("never"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        static_cast<void>(co_await client.get(server.url()));
        const auto page = co_await client.get(server.url());
        CO_CHECK(!page && page.error().code() == http::errc::ended_early);
        CO_CHECK_EQUAL(server.heard.size(), 2U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_redirect_is_followed_on_the_connection_that_told_of_it) {
    scripted_server server(
        {step(redirect_to("/b")), step(redirect_to("c", 307)), step(counted("x"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto page = co_await client.get(server.url("/a"));
        CO_CHECK_EQUAL(told(page), "200 x");
        CO_REQUIRE(server.heard.size() == 3);
        CO_CHECK(server.heard_at(1).starts_with("GET /b HTTP/1.1\r\n"));
        CO_CHECK(server.heard_at(2).starts_with("GET /c HTTP/1.1\r\n"));
        CO_CHECK_EQUAL(server.accepted, 1U);
        CO_CHECK_EQUAL(client.statistics().redirected.value(), 2U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_post_becomes_a_get_or_stays_as_the_redirect_says) {
    scripted_server server({step(redirect_to("/b", 303)), step(counted("x")),
                            step(redirect_to("/b", 308)), step(counted("y"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("POST", server.where("/a"));
        request.body() = "hello";
        const auto got = co_await client.send(request);
        CO_CHECK_EQUAL(told(got), "200 x");
        const auto posted = co_await client.send(request);
        CO_CHECK_EQUAL(told(posted), "200 y");
        CO_REQUIRE(server.heard.size() == 4);
        CO_CHECK(server.heard_at(1).starts_with("GET /b "));
        CO_CHECK(!server.heard_at(1).ends_with("hello"));
        CO_CHECK(server.heard_at(3).starts_with("POST /b "));
        CO_CHECK(server.heard_at(3).ends_with("\r\n\r\nhello"));
    };
    co_await talk_to(server, talk);
}

CO_TEST(secrets_do_not_follow_to_another_origin) {
    scripted_server other({step(counted("x"))});
    scripted_server server({step(redirect_to(other.url("/z")))});
    const auto ask = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("GET", server.where());
        CO_CHECK(request.headers().add("Authorization", "secret"));
        CO_CHECK(request.headers().add("Cookie", "secret"));
        const auto page = co_await client.send(std::move(request));
        CO_CHECK_EQUAL(told(page), "200 x");
        CO_REQUIRE(other.heard.size() == 1);
        CO_CHECK(other.heard_at(0).find("secret") == std::string::npos);
        CO_CHECK(server.heard_at(0).find("secret") != std::string::npos);
    };
    const auto talk = [&]() -> task<> { co_await talk_to(other, ask); };
    co_await talk_to(server, talk);
}

CO_TEST(a_loop_of_redirects_ends_at_the_limit) {
    std::vector<step> loop(20, step(redirect_to("/")));
    scripted_server server(loop);
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto page = co_await client.get(server.url());
        CO_CHECK(!page && page.error().code() == http::client_errc::too_many_redirects);
        CO_CHECK_EQUAL(server.heard.size(), 6U);
        CO_CHECK_EQUAL(client.statistics().refusals(http::client_errc::too_many_redirects), 1U);
        http::client_options options;
        options.redirects.max_redirects = 0;
        http::client patient(co_await weir::this_task(), options);
        const auto first = co_await patient.get(server.url());
        CO_CHECK_EQUAL(told(first), "302 moved");
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_long_body_of_a_redirect_is_not_read) {
    const std::string moved =
        "HTTP/1.1 302 Elsewhere\r\nLocation: /b\r\nContent-Length: 100000\r\n\r\n";
    scripted_server server({step(moved + "some"), step(counted("x"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto page = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(page), "200 x");
        CO_CHECK_EQUAL(server.accepted, 2U);
    };
    co_await talk_to(server, talk);
}

BOOST_AUTO_TEST_SUITE_END()
