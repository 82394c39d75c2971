// SPDX-License-Identifier: Apache-2.0
// event_source: many readers of one stream, those who were away, and those who are slow.
#include <weir/http/server/event_source.hpp>

#include "co_test.hpp"
#include "http_peers.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/timeout.hpp>

#include <array>

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(event_source_test)

namespace {

using http::event_source;
using http::server_event;

std::string get(std::string_view last_id = {}) {
    std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
    if (!last_id.empty()) head += "Last-Event-ID: " + std::string(last_id) + "\r\n";
    return head + "\r\n";
}

http::handler reading(event_source& from) {
    return [&from](http::exchange& exchange) { return from.serve(exchange); };
}

/// A reader that leaves after a while.
client leaving_after(std::string text, std::chrono::nanoseconds time) {
    return [text, time](weir::net::stream_socket& to) -> weir::task<std::string> {
        static_cast<void>(co_await to.send_copy(weir::as_bytes(text)));
        std::string heard;
        auto listening = [&]() -> weir::task<weir::result<void>> {
            for (;;) {
                const auto piece = co_await weir::ok(to.receive());
                if (piece.empty()) co_return weir::result<void>();
                heard += weir::as_text(piece.data());
            }
        };
        static_cast<void>(co_await weir::with_timeout(time, listening()));
        co_return heard;
    };
}

weir::task<> publish_after(event_source& to, std::chrono::nanoseconds time, std::string text) {
    const auto slept = co_await weir::sleep_for(time);
    if (slept) to.publish(server_event(std::move(text)));
}

}  // namespace

CO_TEST(what_is_published_reaches_all_who_read) {
    event_source news("e");
    auto [one, other, first, second] = co_await weir::when_all(
        converse(reading(news), leaving_after(get(), 20s)),
        converse(reading(news), leaving_after(get(), 20s)), publish_after(news, 5s, "hello"),
        publish_after(news, 10s, "again"));
    static_cast<void>(first);
    static_cast<void>(second);
    const std::array<const std::string*, 2> both{&one, &other};
    for (const std::string* const heard : both) {
        CO_CHECK(heard->find("id: e-1\ndata: hello\n\n") != heard->npos);
        CO_CHECK(heard->find("id: e-2\ndata: again\n\n") != heard->npos);
    }
    CO_CHECK_EQUAL(news.readers(), 0U);
}

CO_TEST(an_event_is_in_memory_once_however_many_read_it) {
    event_source news("e");
    std::size_t users = 0;
    const auto look = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(5s));
        news.publish(server_event(std::string(600'000, 'x')));
        static_cast<void>(co_await weir::sleep_for(1s));
        if (news.history().size() == 1) users = news.history()[1].users();
    };
    const auto deaf = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        const std::string head = get();
        static_cast<void>(co_await to.send_copy(weir::as_bytes(head)));
        static_cast<void>(co_await weir::sleep_for(10s));
        co_return std::string();
    };
    auto [one, other, looked] = co_await weir::when_all(converse(reading(news), deaf),
                                                        converse(reading(news), deaf), look());
    static_cast<void>(one);
    static_cast<void>(other);
    static_cast<void>(looked);
    CO_CHECK(users >= 3);  // the history, and what is on its way to each
}

CO_TEST(whoever_comes_back_gets_what_it_missed) {
    event_source news("e");
    for (const char* text : {"a", "b", "c"}) news.publish(server_event(text));
    const auto heard = co_await converse(reading(news), leaving_after(get("e-1"), 1s));
    CO_CHECK(heard.find("data: a") == heard.npos);
    CO_CHECK(heard.find("id: e-2\ndata: b\n\n") < heard.find("id: e-3\ndata: c\n\n"));
    CO_CHECK(heard.find("event: gap") == heard.npos);
    const auto fresh = co_await converse(reading(news), leaving_after(get(), 1s));
    CO_CHECK(fresh.find("data: ") == fresh.npos);
}

CO_TEST(whoever_missed_more_than_is_kept_is_told_of_the_gap) {
    http::event_source_options options;
    options.history.max_events = 2;
    event_source news("e", options);
    for (const char* text : {"a", "b", "c", "d"}) news.publish(server_event(text));
    const auto late = co_await converse(reading(news), leaving_after(get("e-1"), 1s));
    CO_CHECK(late.find("event: gap\n") < late.find("data: c"));
    CO_CHECK(late.find("data: d") != late.npos);
    const auto other_run = co_await converse(reading(news), leaving_after(get("old-1"), 1s));
    CO_CHECK(other_run.find("event: gap\n") != other_run.npos);
    CO_CHECK(other_run.find("data: c") == other_run.npos);
}

/// Publishes 20 MB to a reader that sleeps meanwhile, and gives what that has heard then.
weir::task<std::string> overrun(http::slow_reader policy) {
    http::event_source_options options;
    options.history.max_events = 10;
    options.slow = policy;
    event_source news("e", options);
    const auto flood = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1s));
        for (int i = 0; i < 200; ++i) {
            news.publish(server_event(std::string(100'000, 'x')));
            co_await weir::test::turns(1);
        }
    };
    const auto sleepy = [](weir::net::stream_socket& to) -> weir::task<std::string> {
        const std::string head = get();
        static_cast<void>(co_await to.send_copy(weir::as_bytes(head)));
        const auto slept = co_await weir::sleep_for(20s);
        if (!slept) co_return std::string();
        co_return co_await leaving_after({}, 20s)(to);
    };
    auto [heard, flooded] = co_await weir::when_all(converse(reading(news), sleepy), flood());
    static_cast<void>(flooded);
    co_return heard;
}

CO_TEST(a_reader_that_falls_behind_is_ended_or_skips) {
    const auto ended = co_await overrun(http::slow_reader::ends);
    CO_CHECK(ended.ends_with("0\r\n\r\n"));
    CO_CHECK(ended.find("id: e-200\n") == ended.npos);
    const auto skipped = co_await overrun(http::slow_reader::skips);
    CO_CHECK(skipped.find("event: gap\n") != skipped.npos);
    CO_CHECK(skipped.find("id: e-200\n") != skipped.npos);
}

CO_TEST(no_more_read_at_once_than_may) {
    http::event_source_options options;
    options.max_readers = 1;
    event_source news("e", options);
    const auto second = [&]() -> weir::task<std::string> {
        static_cast<void>(co_await weir::sleep_for(1s));
        co_return co_await converse(reading(news), leaving_after(get(), 1s));
    };
    auto [one, other] =
        co_await weir::when_all(converse(reading(news), leaving_after(get(), 5s)), second());
    CO_CHECK(one.starts_with("HTTP/1.1 200 "));
    CO_CHECK(other.starts_with("HTTP/1.1 503 "));
}

BOOST_AUTO_TEST_SUITE_END()
