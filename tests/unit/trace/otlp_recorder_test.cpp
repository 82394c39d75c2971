// SPDX-License-Identifier: Apache-2.0
// otlp_recorder: the messages of a run in virtual time, and their bounds. Whether they are JSON
// that means what it should is judged by tests/wire/otlp.
#include <weir/trace/otlp_recorder.hpp>

#include "co_test.hpp"

#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/trace/id_source.hpp>
#include <weir/trace/recording.hpp>
#include <weir/trace/span.hpp>

#include <array>
#include <chrono>
#include <string>
#include <system_error>

BOOST_AUTO_TEST_SUITE(otlp_recorder_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::trace;
using weir::result;
using weir::task;

constexpr std::chrono::system_clock::time_point wall{1'700'000'000s};

const std::string beginning =
    R"(":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},)";
std::string scope_of(const char* scopes, const char* items) {
    return std::string("\"") + scopes + R"(":[{"scope":{"name":"weir"},")" + items + "\":[";
}

/// A recorder whose time begins with `wall`.
class shop_recorder {
public:
    explicit shop_recorder(const otlp_options& options = otlp_options("shop"))
        : recorder(options, wall, weir::reactor::current().now()) {}
    otlp_recorder recorder;
};
bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}
task<result<void>> connect() {
    co_await record_event("resolved", attribute("address", "192.0.2.1"));
    co_await record_attributes(attribute("port", 5432), attribute("port", 5433));
    co_await record_log(log_level::warning, "slow", attribute("late", true));
    co_return weir::fail(std::errc::connection_refused);
}
task<> measure(int series) {
    co_await record_metric(metric::counter("rows", 3));
    co_await record_metric(metric::counter("rows", 4));
    for (int i = 0; i < series; ++i) {
        co_await record_metric(metric::gauge("depth", 2), attribute("queue", i));
    }
}
task<> stay() { co_return; }
task<> many_spans(int count) {
    for (int i = 0; i < count; ++i) co_await span("one", stay());
}
task<> say_much(int count) {
    for (int i = 0; i < count; ++i) {
        co_await record_event("again");
        co_await record_attributes(attribute("number" + std::to_string(i), i));
    }
}

}  // namespace

CO_TEST(a_span_is_told_as_opentelemetry_wants_it) {
    id_source::of_this_thread() = id_source(7);
    id_source ids(7);
    const std::string trace = ids.next_trace().to_string();
    const std::string parent = ids.next_span().to_string();
    const std::string child = ids.next_span().to_string();
    shop_recorder shop;
    const auto ended =
        co_await observe(shop.recorder, span("app", span("connect", connect(), attribute("a", 1))));
    id_source::of_this_thread() = id_source();
    CO_CHECK(!ended);
    const auto message = shop.recorder.take_spans();
    CO_REQUIRE(message.has_value());
    CO_CHECK_EQUAL(message->path, "/v1/traces");
    CO_CHECK_EQUAL(message->items, 2U);
    const std::string refused = std::make_error_code(std::errc::connection_refused).message();
    const std::string status = R"("status":{"code":2,"message":")" + refused + R"("}})";
    CO_CHECK_EQUAL(message->body,
                   R"({"resourceSpans)" + beginning + scope_of("scopeSpans", "spans") +
                       R"({"traceId":")" + trace + R"(","spanId":")" + child + R"(","flags":1,)" +
                       R"("parentSpanId":")" + parent +
                       R"(","name":"connect","kind":1,)"
                       R"("startTimeUnixNano":"1700000000000000000",)"
                       R"("endTimeUnixNano":"1700000000000000000",)"
                       R"("attributes":[{"key":"a","value":{"intValue":"1"}},)"
                       R"({"key":"port","value":{"intValue":"5433"}}],"droppedAttributesCount":0,)"
                       R"("events":[{"timeUnixNano":"1700000000000000000","name":"resolved",)"
                       R"("attributes":[{"key":"address","value":{"stringValue":"192.0.2.1"}}]}],)"
                       R"("droppedEventsCount":0,)" +
                       status + "," + R"({"traceId":")" + trace + R"(","spanId":")" + parent +
                       R"(","flags":1,)"
                       R"("name":"app","kind":1,"startTimeUnixNano":"1700000000000000000",)"
                       R"("endTimeUnixNano":"1700000000000000000","attributes":[],)"
                       R"("droppedAttributesCount":0,"events":[],"droppedEventsCount":0,)" +
                       status + "]}]}]}");
    CO_CHECK(!shop.recorder.take_spans());
}

CO_TEST(a_log_knows_its_span_and_an_event_outside_of_spans_becomes_one) {
    shop_recorder shop;
    static_cast<void>(co_await observe(shop.recorder, span("connect", connect())));
    const auto in_span = shop.recorder.take_logs();
    CO_REQUIRE(in_span.has_value());
    CO_CHECK_EQUAL(in_span->path, "/v1/logs");
    CO_CHECK(in_span->body.starts_with(
        R"({"resourceLogs)" + beginning + scope_of("scopeLogs", "logRecords") +
        R"({"timeUnixNano":"1700000000000000000","observedTimeUnixNano":"1700000000000000000",)"
        R"("severityNumber":13,"severityText":"WARN","body":{"stringValue":"slow"},)"
        R"("attributes":[{"key":"late","value":{"boolValue":true}}],"traceId":")"));
    static_cast<void>(co_await observe(shop.recorder, connect()));
    const auto outside = shop.recorder.take_logs();
    CO_REQUIRE(outside.has_value());
    CO_CHECK_EQUAL(outside->items, 2U);
    CO_CHECK(contains(outside->body, R"("severityText":"INFO","body":{"stringValue":"resolved"})"));
    CO_CHECK(!contains(outside->body, "traceId"));
}

CO_TEST(metrics_are_cumulative_and_grouped_by_name) {
    shop_recorder shop;
    CO_CHECK(!shop.recorder.metrics(weir::reactor::current().now()));
    co_await observe(shop.recorder, measure(2));
    const auto message = shop.recorder.metrics(weir::reactor::current().now() + 1s);
    CO_REQUIRE(message.has_value());
    CO_CHECK_EQUAL(message->path, "/v1/metrics");
    CO_CHECK_EQUAL(message->items, 3U);
    const std::string times =
        R"("startTimeUnixNano":"1700000000000000000","timeUnixNano":"1700000001000000000",)";
    const auto depth = [&](const char* queue) {
        return R"({"attributes":[{"key":"queue","value":{"intValue":")" + std::string(queue) +
               R"("}}],)" + times + R"("asDouble":2})";
    };
    CO_CHECK_EQUAL(message->body,
                   R"({"resourceMetrics)" + beginning + scope_of("scopeMetrics", "metrics") +
                       R"({"name":"depth","unit":"","gauge":{"dataPoints":[)" + depth("0") + "," +
                       depth("1") + R"(]}},{"name":"rows","unit":"","sum":{"dataPoints":[)" +
                       R"({"attributes":[],)" + times + R"("asDouble":7}],)" +
                       R"("aggregationTemporality":2,"isMonotonic":true}}]}]}]})");
    co_await observe(shop.recorder, measure(0));
    const auto later = shop.recorder.metrics(weir::reactor::current().now());
    CO_CHECK(later && contains(later->body, "\"asDouble\":14"));
}

CO_TEST(what_is_too_much_is_dropped_and_counted) {
    otlp_options options("shop");
    options.max_spans = 3;
    options.max_logs = 1;
    options.max_series = 2;
    options.max_batch = 2;
    options.max_events = 2;
    shop_recorder shop(options);
    co_await observe(shop.recorder, many_spans(5));
    CO_CHECK_EQUAL(shop.recorder.dropped_spans(), 2U);
    const auto first = shop.recorder.take_spans();
    const auto second = shop.recorder.take_spans();
    CO_CHECK(first && first->items == 2U && second && second->items == 1U);
    co_await observe(shop.recorder, say_much(2));
    CO_CHECK_EQUAL(shop.recorder.dropped_logs(), 1U);
    co_await observe(shop.recorder, measure(3));
    CO_CHECK_EQUAL(shop.recorder.dropped_measurements(), 2U);
    co_await observe(shop.recorder, span("talker", say_much(5)));
    const auto talker = shop.recorder.take_spans();
    CO_REQUIRE(talker.has_value());
    CO_CHECK(contains(talker->body, R"("droppedAttributesCount":3)"));
    CO_CHECK(contains(talker->body, R"("droppedEventsCount":3)"));
    CO_CHECK_EQUAL(shop.recorder.waiting(), 1U);
}

CO_TEST(what_waits_is_bounded_in_bytes_too) {
    otlp_options options("shop");
    shop_recorder unbounded(options);
    co_await observe(unbounded.recorder, many_spans(1));
    const std::size_t one = unbounded.recorder.waiting_bytes();
    CO_CHECK(one > 0U);
    options.max_bytes = 3 * one;
    shop_recorder shop(options);
    co_await observe(shop.recorder, many_spans(5));
    CO_CHECK_EQUAL(shop.recorder.dropped_spans(), 2U);
    CO_CHECK_EQUAL(shop.recorder.waiting_bytes(), 3 * one);
    CO_CHECK(shop.recorder.take_spans());
    CO_CHECK_EQUAL(shop.recorder.waiting_bytes(), 0U);
    co_await observe(shop.recorder, many_spans(1));
    CO_CHECK_EQUAL(shop.recorder.waiting(), 1U);
}

CO_TEST(no_more_spans_are_open_than_may_wait) {
    otlp_options options("shop");
    options.max_spans = 2;
    shop_recorder shop(options);
    co_await observe(shop.recorder, span("a", span("b", span("c", stay()))));
    CO_CHECK_EQUAL(shop.recorder.dropped_spans(), 1U);
    const auto spans = shop.recorder.take_spans();
    CO_CHECK(spans && spans->items == 2U && !contains(spans->body, R"("name":"c")"));
}

CO_TEST(a_full_batch_is_told) {
    otlp_options options("shop");
    options.max_batch = 2;
    shop_recorder shop(options);
    int told = 0;
    shop.recorder.when_batch_is_full([&] { ++told; });
    co_await observe(shop.recorder, many_spans(1));
    CO_CHECK_EQUAL(told, 0);
    co_await observe(shop.recorder, many_spans(2));
    CO_CHECK_EQUAL(told, 1);
}

CO_TEST(a_stopped_span_is_no_error) {
    shop_recorder shop;
    const auto give_up = []() -> task<result<void>> {
        co_return weir::fail(weir::stopped_error());
    };
    static_cast<void>(co_await observe(shop.recorder, span("app", give_up())));
    const auto spans = shop.recorder.take_spans();
    CO_REQUIRE(spans.has_value());
    CO_CHECK(contains(spans->body, R"("status":{}})"));
    CO_CHECK(contains(spans->body, R"({"key":"weir.stopped","value":{"boolValue":true}})"));
}

BOOST_AUTO_TEST_SUITE_END()
