// SPDX-License-Identifier: Apache-2.0
// otlp_exporter: when it sends, what it tries again, and what is left at the end.
#include <weir/trace/otlp_exporter.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/base/bytes.hpp>
#include <weir/base/refusal.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/trace/recording.hpp>
#include <weir/trace/span.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

BOOST_AUTO_TEST_SUITE(otlp_exporter_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::trace;
using weir::result;
using weir::task;

/// A collector that takes what it is told to.
class collector {
public:
    [[nodiscard]] task<result<void>> take(std::string_view path, weir::send_buffer body) {
        tried_at.push_back(weir::reactor::current().now());
        const auto slept = co_await weir::sleep_for(takes);
        if (!slept) co_return weir::fail(slept.error());
        if (failures > 0) {
            --failures;
            co_return weir::fail(why);
        }
        paths.emplace_back(path);
        bodies.emplace_back(weir::as_text(body.view()));
        co_return {};
    }
    [[nodiscard]] otlp_exporter::sink_function sink() {
        return [this](std::string_view path, weir::send_buffer body) {
            return take(path, std::move(body));
        };
    }

    std::chrono::nanoseconds takes{0};
    int failures = 0;
    std::error_code why = std::make_error_code(std::errc::connection_refused);
    std::vector<std::string> paths;
    std::vector<std::string> bodies;
    std::vector<weir::reactor::time_point> tried_at;
};

task<> stay() { co_return; }
task<> work(int spans) {
    for (int i = 0; i < spans; ++i) co_await span("work", stay());
    co_await record_metric(metric::counter("done"));
    co_await record_log(log_level::info, "done");
}
std::size_t count_in(const std::vector<std::string>& paths, std::string_view path) {
    std::size_t count = 0;
    for (const std::string& each : paths) count += each == path ? 1U : 0U;
    return count;
}

/// An exporter that runs for `time`, beside nothing but what was recorded before.
task<> run_for(std::chrono::nanoseconds time, otlp_exporter& exporter) {
    const auto ended = co_await weir::with_timeout(time, exporter.run());
    CO_CHECK(!ended && ended.error() == std::errc::timed_out);
}

}  // namespace

CO_TEST(after_each_interval_all_that_waits_is_sent) {
    collector at;
    otlp_recorder recorder(otlp_options("shop"));
    otlp_exporter exporter(recorder, at.sink());
    const auto begun = weir::reactor::current().now();
    co_await observe(recorder, work(3));
    co_await run_for(6s, exporter);
    CO_REQUIRE(at.paths.size() == 4);
    const std::vector<std::string> expected{"/v1/metrics", "/v1/traces", "/v1/logs", "/v1/metrics"};
    CO_CHECK(at.paths == expected);
    CO_CHECK(weir::test::is_about(at.tried_at[0] - begun, 5s));
    CO_CHECK_EQUAL(exporter.sent(), 4U);
    CO_CHECK_EQUAL(exporter.lost(), 0U);
}

CO_TEST(a_full_batch_is_sent_before_its_time_and_metrics_are_not) {
    collector at;
    otlp_options options("shop");
    options.max_batch = 2;
    otlp_recorder recorder(options);
    otlp_exporter exporter(recorder, at.sink());
    weir::task_group group(co_await weir::this_task(), 1);
    const auto run = [&] { return exporter.run(); };
    CO_CHECK(group.try_spawn(run));
    static_cast<void>(co_await weir::sleep_for(1s));
    co_await observe(recorder, work(5));
    static_cast<void>(co_await weir::sleep_for(1s));
    CO_CHECK_EQUAL(count_in(at.paths, "/v1/traces"), 3U);
    CO_CHECK_EQUAL(count_in(at.paths, "/v1/metrics"), 0U);
    group.request_stop();
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(count_in(at.paths, "/v1/metrics"), 1U);
}

CO_TEST(what_may_succeed_later_is_tried_again_after_a_back_off) {
    collector at;
    at.failures = 2;
    otlp_recorder recorder(otlp_options("shop"));
    otlp_export_options options;
    options.delays = weir::resilience::backoff_policy::constant(1s).max_retries(2);
    otlp_exporter exporter(recorder, at.sink(), options);
    co_await observe(recorder, span("work", stay()));
    co_await run_for(20s, exporter);
    CO_REQUIRE(at.tried_at.size() == 3);
    CO_CHECK(weir::test::is_about(at.tried_at[1] - at.tried_at[0], 1s));
    CO_CHECK_EQUAL(count_in(at.paths, "/v1/traces"), 1U);
    CO_CHECK_EQUAL(exporter.lost(), 0U);
}

CO_TEST(what_is_wrong_is_not_tried_again_but_counted) {
    collector at;
    at.failures = 1;
    at.why = std::make_error_code(std::errc::protocol_error);
    otlp_recorder recorder(otlp_options("shop"));
    otlp_exporter exporter(recorder, at.sink());
    co_await observe(recorder, span("work", span("inner", stay())));
    co_await run_for(20s, exporter);
    CO_CHECK_EQUAL(at.tried_at.size(), 1U);
    CO_CHECK_EQUAL(exporter.lost(), 2U);
    CO_CHECK_EQUAL(exporter.sent(), 0U);
}

CO_TEST(a_sink_that_hangs_is_given_up_and_tried_again) {
    collector at;
    at.takes = 1h;
    otlp_recorder recorder(otlp_options("shop"));
    otlp_export_options options;
    options.send_timeout = 2s;
    options.delays = weir::resilience::backoff_policy::constant(1s).max_retries(1);
    otlp_exporter exporter(recorder, at.sink(), options);
    co_await observe(recorder, span("work", stay()));
    co_await run_for(30s, exporter);
    CO_REQUIRE(at.tried_at.size() == 2);
    CO_CHECK(weir::test::is_about(at.tried_at[1] - at.tried_at[0], 3s));
    CO_CHECK_EQUAL(exporter.lost(), 1U);
}

CO_TEST(what_is_left_at_the_end_is_sent_before_it) {
    collector at;
    otlp_recorder recorder(otlp_options("shop"));
    otlp_exporter exporter(recorder, at.sink());
    co_await observe(recorder, work(3));
    co_await run_for(1s, exporter);
    CO_CHECK_EQUAL(at.paths.size(), 3U);
    CO_CHECK_EQUAL(recorder.waiting(), 0U);
}

CO_TEST(a_message_that_is_on_its_way_at_the_end_is_sent_again_and_not_lost) {
    collector at;
    at.takes = 3s;
    otlp_recorder recorder(otlp_options("shop"));
    otlp_exporter exporter(recorder, at.sink());
    co_await observe(recorder, span("work", stay()));
    co_await run_for(6s, exporter);
    CO_CHECK_EQUAL(at.tried_at.size(), 2U);
    CO_CHECK_EQUAL(count_in(at.paths, "/v1/traces"), 1U);
    CO_CHECK_EQUAL(exporter.lost(), 0U);
}

CO_TEST(the_end_does_not_wait_for_a_collector_that_hangs) {
    collector at;
    at.takes = 1h;
    otlp_recorder recorder(otlp_options("shop"));
    otlp_exporter exporter(recorder, at.sink());
    co_await observe(recorder, span("work", stay()));
    const auto begun = weir::reactor::current().now();
    co_await run_for(1s, exporter);
    CO_CHECK(weir::test::is_about(weir::reactor::current().now() - begun, 6s));
    CO_CHECK_EQUAL(exporter.sent(), 0U);
}

BOOST_AUTO_TEST_CASE(refusals_and_broken_connections_may_pass_and_other_errors_do_not) {
    BOOST_TEST(may_succeed_later(weir::refusal::rate_limited));
    BOOST_TEST(may_succeed_later(weir::refusal::overloaded));
    BOOST_TEST(may_succeed_later(std::make_error_code(std::errc::timed_out)));
    BOOST_TEST(may_succeed_later({ECONNRESET, std::system_category()}));
    BOOST_TEST(!may_succeed_later(std::make_error_code(std::errc::invalid_argument)));
    BOOST_TEST(!may_succeed_later(std::make_error_code(std::errc::operation_canceled)));
    BOOST_TEST(!may_succeed_later(std::make_error_code(std::errc::permission_denied)));
}

BOOST_AUTO_TEST_SUITE_END()
