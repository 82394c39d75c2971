// SPDX-License-Identifier: Apache-2.0
// server_connection: requests one after the other, and each way in which a connection ends.
#include "http/server/server_connection.hpp"

#include "co_test.hpp"
#include "http/server/server_core.hpp"
#include "http_peers.hpp"
#include "io/receive_buffers.hpp"
#include "is_about.hpp"

#include <weir/base/refusal.hpp>
#include <weir/coro/ok.hpp>
#include <weir/http/message/error.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timeout.hpp>

#include <memory>
#include <stdexcept>
#include <vector>

using namespace weir::http::test;
namespace http = weir::http;
using weir::test::is_about;

BOOST_AUTO_TEST_SUITE(server_connection_test)

namespace {

const std::string get_one = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string get_two = "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string last = "Connection: close\r\n";

/// The status line and the end of a refusal.
std::string refusal_of(http::errc why) {
    const auto code = static_cast<unsigned>(http::status_for(why));
    const std::string text = make_error_code(why).message() + "\n";
    return "HTTP/1.1 " + std::to_string(code) + " " +
           std::string(http::reason_phrase(http::status_for(why))) +
           "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
           std::to_string(text.size()) + "\r\n" + last + "\r\n" + text;
}

weir::task<weir::result<void>> answer_slowly(http::exchange& exchange) {
    co_await weir::ok(weir::sleep_for(10s));
    co_return co_await name_it(exchange);
}

weir::task<weir::result<void>> fail_with_refusal(http::exchange&) {
    co_return weir::fail(make_error_code(weir::refusal::overloaded));
}

weir::task<weir::result<void>> fail_inside(http::exchange&) {
    co_return weir::fail(std::errc::no_such_file_or_directory);
}

weir::task<weir::result<void>> throw_something(http::exchange&) {
    throw std::runtime_error("the secret of the house");
    co_return {};
}

weir::task<weir::result<void>> forget_to_answer(http::exchange&) { co_return {}; }

/// A log that keeps lines without the peer and the duration.
class kept_log {
public:
    [[nodiscard]] http::server_options options() {
        http::server_options with;
        with.access_log = [this](const http::access_record& record) {
            lines.push_back(std::string(record.method) + " " + std::string(record.target) + " " +
                            std::to_string(static_cast<unsigned>(record.status)) + " " +
                            std::to_string(record.body_bytes) + " " +
                            (record.error ? record.error.message() : "-") +
                            std::string(record.what));
        };
        return with;
    }
    std::vector<std::string> lines;
};

}  // namespace

CO_TEST(requests_on_one_connection_are_answered_one_after_the_other) {
    const auto speak = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        std::string heard;
        for (int i = 0; i < 3; ++i) {
            static_cast<void>(co_await to.send_copy(weir::as_bytes(get_one)));
            heard += co_await read_until(to, 60);
        }
        static_cast<void>(co_await to.shutdown_send());
        co_return heard + co_await read_to_end(to);
    };
    const auto heard = co_await converse(name_it, speak);
    CO_CHECK_EQUAL(heard, named("GET /1") + named("GET /1") + named("GET /1"));
}

CO_TEST(pipelined_requests_are_answered_in_order) {
    const auto heard = co_await converse(name_it, saying(get_one + get_two + get_one));
    CO_CHECK_EQUAL(heard, named("GET /1") + named("GET /2") + named("GET /1"));
}

CO_TEST(a_slow_answer_is_not_overtaken_by_the_next_one) {
    auto calls = std::make_shared<int>(0);
    const auto slow_first = [calls](http::exchange& exchange) -> weir::task<weir::result<void>> {
        if (++*calls == 1) return answer_slowly(exchange);
        return name_it(exchange);
    };
    const auto heard = co_await converse(slow_first, saying(get_one + get_two));
    CO_CHECK_EQUAL(heard, named("GET /1") + named("GET /2"));
}

CO_TEST(a_peer_that_has_ended_its_direction_still_gets_its_answers) {
    const auto heard = co_await converse(answer_slowly, saying(get_one + get_two));
    CO_CHECK_EQUAL(heard, named("GET /1") + named("GET /2"));
}

CO_TEST(nothing_behind_a_last_request_is_answered) {
    const std::string close_it = "GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    const auto heard = co_await converse(name_it, waiting_after(close_it + get_two));
    CO_CHECK_EQUAL(heard, named("GET /1", last));
}

CO_TEST(http_1_0_ends_the_connection_unless_it_asks_to_keep_it) {
    const auto once = co_await converse(name_it, waiting_after("GET /1 HTTP/1.0\r\n\r\n"));
    CO_CHECK_EQUAL(once, named("GET /1", last));
    const std::string keep = "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    const auto twice = co_await converse(name_it, saying(keep + keep));
    const std::string kept = named("GET /1", "Connection: keep-alive\r\n");
    CO_CHECK_EQUAL(twice, kept + kept);
}

CO_TEST(the_last_request_that_a_connection_may_have_ends_it) {
    http::server_options options;
    options.max_requests = 2;
    const auto heard =
        co_await converse(name_it, waiting_after(get_one + get_two + get_one), options);
    CO_CHECK_EQUAL(heard, named("GET /1") + named("GET /2", last));
}

CO_TEST(a_refused_request_is_told_why_and_nothing_behind_it_is_read) {
    const auto heard =
        co_await converse(name_it, waiting_after(get_one + "GET /x HTTP/1.1\n\n" + get_two));
    CO_CHECK_EQUAL(heard, named("GET /1") + refusal_of(http::errc::bad_line_ending));
}

CO_TEST(each_limit_of_a_head_has_its_status) {
    http::server_options options;
    options.request.max_request_line_bytes(30).max_headers_bytes(40).max_header_count(2);
    const std::string begin = "GET / HTTP/1.1\r\n";
    auto heard = co_await converse(
        name_it, waiting_after("GET /" + std::string(40, 'x') + " HTTP/1.1\r\n"), options);
    CO_CHECK_EQUAL(heard, refusal_of(http::errc::request_line_over_limit));
    heard =
        co_await converse(name_it, waiting_after(begin + "A: " + std::string(50, 'x')), options);
    CO_CHECK_EQUAL(heard, refusal_of(http::errc::headers_over_limit));
    heard = co_await converse(name_it, waiting_after(begin + "A: b\r\nC: d\r\nE: f\r\n"), options);
    CO_CHECK_EQUAL(heard, refusal_of(http::errc::header_count_over_limit));
}

CO_TEST(an_announced_body_that_is_too_long_is_refused_before_it_comes) {
    const std::string post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n";
    const auto heard = co_await converse(echo_it, waiting_after(post));
    CO_CHECK_EQUAL(heard, refusal_of(http::errc::body_over_limit));
}

CO_TEST(a_host_that_can_be_none_is_refused) {
    const std::vector<std::string> wrong{"a,b", "a b", "good.example/../@evil", "a@b", "a\"b"};
    for (const std::string& host : wrong) {
        const std::string get = "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
        const std::string heard = co_await converse(name_it, waiting_after(get));
        CO_CHECK(heard.starts_with("HTTP/1.1 400 "));
    }
    const std::vector<std::string> right{"", "a.example:80", "[::1]:80", "a_b-c~d"};
    for (const std::string& host : right) {
        const std::string get = "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
        const std::string heard = co_await converse(name_it, saying(get));
        CO_CHECK(heard.starts_with("HTTP/1.1 200 "));
    }
}

CO_TEST(nothing_behind_a_connect_is_taken_for_a_request) {
    const std::string text = "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n";
    const std::string next = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";
    const std::string heard = co_await converse(name_it, waiting_after(text + next));
    CO_CHECK_EQUAL(heard, named("CONNECT a:1", "Connection: close\r\n"));
}

CO_TEST(the_largest_times_are_no_limits) {
    http::server_options options;
    options.first_byte_timeout = options.head_timeout = std::chrono::nanoseconds::max();
    options.keep_alive_timeout = options.body_grace = std::chrono::nanoseconds::max();
    const auto slowly = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        const std::vector<std::string> parts{"POST / HTTP/1.1\r\n",
                                             "Host: h\r\nContent-Length: 400\r\n\r\n"};
        for (const std::string& part : parts) {
            static_cast<void>(co_await weir::sleep_for(1h));
            static_cast<void>(co_await to.send_copy(weir::as_bytes(part)));
        }
        static_cast<void>(co_await to.send_copy(weir::as_bytes(text_of(400))));
        const auto ended = co_await to.shutdown_send();
        if (!ended) co_return std::string();  // both would wait for ever
        co_return co_await read_to_end(to);
    };
    const std::string heard = co_await converse(echo_it, slowly, options);
    CO_CHECK(heard.ends_with(text_of(400)));
}

CO_TEST(an_answer_without_a_length_that_is_cut_off_does_not_look_whole) {
    const auto half = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        co_await weir::ok(exchange.answer().start(http::status::ok, "text/plain"));
        co_await weir::ok(exchange.answer().write(weir::as_bytes("half")));
        co_await weir::ok(weir::sleep_for(1s));  // the peer has read it
        co_return weir::fail(std::errc::io_error);
    };
    std::error_code end;
    const auto listen = [&end](weir::net::stream_socket& to) -> weir::task<std::string> {
        static_cast<void>(co_await to.send_copy(weir::as_bytes("GET / HTTP/1.0\r\n\r\n")));
        std::string heard;
        for (;;) {
            const auto piece = co_await to.receive();
            if (!piece) end = piece.error();
            if (!piece || piece->empty()) co_return heard;
            heard += weir::as_text(piece->data());
        }
    };
    const std::string heard = co_await converse(half, listen);
    CO_CHECK(heard.ends_with("half"));
    CO_CHECK((end == std::errc::connection_reset));
}

CO_TEST(the_log_of_a_refused_head_knows_nothing_of_an_earlier_request) {
    http::server_options options;
    std::chrono::nanoseconds longest{};
    std::string what;
    options.access_log = [&](const http::access_record& record) {
        longest = std::max(longest, record.duration);
        what = record.what;
    };
    const auto tells_a_secret = [](http::exchange&) -> weir::task<weir::result<void>> {
        throw std::runtime_error("secret");
        co_return {};
    };
    const std::string text = "GET / HTTP/1.1\r\nHost: h\r\n\r\nrubbish\r\n\r\n";
    static_cast<void>(co_await converse(tells_a_secret, waiting_after(text), options));
    CO_CHECK(what.empty());
    static_cast<void>(co_await converse(name_it, waiting_after("rubbish\r\n\r\n"), options));
    CO_CHECK(longest < 1s);
}

CO_TEST(an_expectation_that_is_not_known_is_refused) {
    const std::string odd =
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n"
        "Content-Length: 3\r\n\r\nabc";
    const auto heard = co_await converse(echo_it, waiting_after(odd));
    CO_CHECK_EQUAL(heard, refusal_of(http::errc::expectation_failed));
}

CO_TEST(a_peer_that_ends_inside_a_head_is_told_so) {
    const auto heard = co_await converse(name_it, saying(get_one + "GET /2 HT"));
    CO_CHECK_EQUAL(heard, named("GET /1") + refusal_of(http::errc::ended_early));
}

CO_TEST(a_silent_connection_ends_after_its_first_byte_timeout) {
    const auto begun = weir::test::now();
    const auto heard = co_await converse(name_it, waiting_after(""));
    CO_CHECK_EQUAL(heard, "");
    CO_CHECK(is_about(weir::test::now() - begun, 10s));
}

CO_TEST(an_idle_connection_ends_after_its_keep_alive_timeout) {
    const auto begun = weir::test::now();
    const auto heard = co_await converse(name_it, waiting_after(get_one + get_two));
    CO_CHECK_EQUAL(heard, named("GET /1") + named("GET /2"));
    CO_CHECK(is_about(weir::test::now() - begun, 60s));
}

CO_TEST(a_head_that_drips_is_refused_when_its_whole_time_is_over) {
    const auto drip = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        static_cast<void>(co_await to.send_copy(weir::as_bytes("GET / HTTP/1.1\r\nHost: h\r\n")));
        for (int i = 0; i < 4; ++i) {
            const auto slept = co_await weir::sleep_for(2s);
            const auto sent = co_await to.send_copy(weir::as_bytes("X: y\r\n"));
            if (!sent || !slept) break;
        }
        co_return co_await read_to_end(to);
    };
    const auto begun = weir::test::now();
    const auto heard = co_await converse(name_it, drip);
    CO_CHECK_EQUAL(heard, refusal_of(http::errc::head_too_slow));
    CO_CHECK(is_about(weir::test::now() - begun, 10s));
}

CO_TEST(a_handler_may_take_its_time) {
    const auto sleep_long = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        co_await weir::ok(weir::sleep_for(2h));
        co_return co_await name_it(exchange);
    };
    const auto heard = co_await converse(sleep_long, saying(get_one));
    CO_CHECK_EQUAL(heard, named("GET /1"));
}

CO_TEST(the_error_of_a_handler_becomes_the_status_that_fits_it) {
    kept_log log;
    const std::string server_error =
        "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 22\r\n\r\nInternal Server Error\n";
    auto heard = co_await converse(fail_inside, saying(get_one), log.options());
    CO_CHECK_EQUAL(heard, server_error);
    heard = co_await converse(fail_with_refusal, saying(get_one), log.options());
    CO_CHECK(heard.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    CO_CHECK_EQUAL(times(heard, "\r\nRetry-After: 1\r\n"), 1U);
    CO_REQUIRE(log.lines.size() == 2);
    CO_CHECK_EQUAL(log.lines[0], "GET /1 500 22 No such file or directory");
    CO_CHECK(log.lines[1].starts_with("GET /1 503 "));
}

CO_TEST(an_exception_ends_neither_the_server_nor_the_connection_and_is_told_to_the_log_only) {
    kept_log log;
    const auto heard = co_await converse(throw_something, saying(get_one + get_two), log.options());
    CO_CHECK_EQUAL(times(heard, "HTTP/1.1 500 "), 2U);
    CO_CHECK_EQUAL(times(heard, "secret"), 0U);
    CO_REQUIRE(log.lines.size() == 2);
    CO_CHECK(log.lines[0].ends_with("the handler ended in an exceptionthe secret of the house"));
}

CO_TEST(a_handler_that_forgets_to_answer_is_a_server_error) {
    const auto heard = co_await converse(forget_to_answer, saying(get_one));
    CO_CHECK(heard.starts_with("HTTP/1.1 500 "));
}

CO_TEST(the_log_is_told_of_every_request_and_of_those_that_were_refused) {
    kept_log log;
    const auto heard =
        co_await converse(name_it, saying(get_one + get_two + "BAD\r\n"), log.options());
    CO_CHECK(!heard.empty());
    CO_REQUIRE(log.lines.size() == 3);
    CO_CHECK_EQUAL(log.lines[0], "GET /1 200 6 -");
    CO_CHECK_EQUAL(log.lines[1], "GET /2 200 6 -");
    CO_CHECK(log.lines[2].starts_with("  400 "));
}

CO_TEST(a_log_that_throws_ends_its_connection_only) {
    http::server_options options;
    options.access_log = [](const http::access_record&) { throw std::runtime_error("disk full"); };
    const auto heard = co_await converse(name_it, saying(get_one + get_two), options);
    CO_CHECK_EQUAL(heard, named("GET /1"));
}

CO_TEST(a_connection_that_was_handed_over_is_in_the_log) {
    kept_log log;
    const auto take_it = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        http::raw_connection raw = weir::ok(exchange.take_connection());
        co_return co_await raw.socket.close();
    };
    const auto heard = co_await converse(take_it, saying(get_one), log.options());
    CO_CHECK(heard.empty());
    CO_REQUIRE(log.lines.size() == 1);
    CO_CHECK_EQUAL(log.lines[0], "GET /1 101 0 -");
}

CO_TEST(a_thousand_pipelined_requests_are_all_answered_in_order) {
    http::server_options options;
    options.max_requests = 2000;
    std::string text;
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
        const std::string target = "/" + std::to_string(i);
        text += "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
        expected += named("GET " + target);
    }
    const auto heard = co_await converse(name_it, saying(text), options);
    CO_CHECK(heard == expected);
}

CO_TEST(what_waits_behind_a_slow_handler_holds_no_memory_of_others) {
    std::size_t waits = 0;
    std::size_t free_while_waiting = 0;
    const auto slow = [&](http::exchange& exchange) -> weir::task<weir::result<void>> {
        co_await weir::ok(weir::sleep_for(1s));
        ++waits;
        if (weir::reactor::current().buffers().is_all_free()) ++free_while_waiting;
        co_return co_await name_it(exchange);
    };
    const auto heard = co_await converse(slow, saying(get_one + get_two + get_one));
    CO_CHECK_EQUAL(heard, named("GET /1") + named("GET /2") + named("GET /1"));
    CO_CHECK_EQUAL(free_while_waiting, waits);
}

CO_TEST(a_handler_that_is_stopped_has_not_failed) {
    kept_log log;
    auto pair = co_await weir::test::tcp_streams::connect();
    http::detail::server_core core(answer_slowly, log.options());
    const auto serve = [&]() -> weir::task<> {
        http::detail::server_connection connection(std::move(pair.a), core);
        co_await connection.serve();
    };
    const auto ask = saying(get_one);
    const auto limited = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::with_timeout(5s, serve()));
    };
    auto [served, heard] = co_await weir::when_all(limited(), ask(pair.b));
    static_cast<void>(served);
    CO_CHECK_EQUAL(heard, "");
    CO_CHECK_EQUAL(core.statistics.handler_failures.value(), 0U);
    CO_CHECK_EQUAL(core.statistics.answers(5), 0U);
    CO_REQUIRE(log.lines.size() == 1);
    CO_CHECK(log.lines[0].starts_with("GET /1 0 0 "));
}

BOOST_AUTO_TEST_SUITE_END()
