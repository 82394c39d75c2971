// SPDX-License-Identifier: Apache-2.0
// scope_report: the text of a run in virtual time, its bounds, and that it forgets what it told.
#include <weir/trace/scope_report.hpp>

#include "co_test.hpp"

#include <weir/coro/context.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/event.hpp>
#include <weir/trace/recording.hpp>
#include <weir/trace/span.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(scope_report_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::trace;
using weir::result;
using weir::task;

task<result<void>> connect() {
    static_cast<void>(co_await weir::sleep_for(250ms));
    co_return weir::fail(std::errc::connection_refused);
}
task<result<int>> answer(int user) {
    co_await record_attributes(attribute("user", user));
    co_await record_event("cache miss", attribute("key", 42));
    co_await record_metric(metric::counter("rows", 3));
    co_await record_metric(metric::counter("rows", 4));
    co_await record_metric(metric::histogram("wait", 20ms));
    co_await record_metric(metric::histogram("wait", 40ms));
    co_await record_metric(metric::gauge("depth", 5), attribute("queue", "in"));
    co_await record_metric(metric::gauge("depth", 2), attribute("queue", "in"));
    const auto connected = co_await span("connect", connect());
    co_await record_log(log_level::warning, "no answer");
    if (!connected) co_return weir::fail(connected.error());
    co_return user;
}
task<> throw_that() {
    static_cast<void>(co_await weir::sleep_for(100ms));
    throw std::runtime_error("out of paper");
}
task<> serve() {
    static_cast<void>(co_await span("request", answer(7), attribute("method", "GET")));
    static_cast<void>(co_await weir::with_timeout(1s, span("idle", weir::sleep_for(1h))));
    bool has_thrown = false;
    try {
        co_await span("print", throw_that());
    } catch (const std::runtime_error&) {
        has_thrown = true;
    }
    if (has_thrown) co_await record_event("thrown");
}
task<> nothing() { co_return; }
task<> many_scopes(int count) {
    for (int i = 0; i < count; ++i) co_await span("one", span("inner", nothing()));
}
task<> many_entries(int count) {
    for (int i = 0; i < count; ++i) co_await record_event("again");
}
task<> speak_outside() {
    co_await record_event("before");
    co_await span("app", many_entries(1));
}
/// Two requests, the first of which works under the context of the second, and longer.
class borrowing {
public:
    task<> borrow() {
        static_cast<void>(co_await is_lent_.wait());
        co_await weir::with_value(lent_, span("stray", stay()));
    }
    task<> lend() {
        co_await span("lender", wait_for_borrower());
        may_end_.set();
    }

private:
    task<> wait_for_borrower() {
        const span_context& here = co_await weir::context<span_context>();
        lent_ = here;
        is_lent_.set();
        static_cast<void>(co_await is_used_.wait());
    }
    task<> stay() {
        is_used_.set();
        static_cast<void>(co_await may_end_.wait());
        co_await record_event("too late");
    }

    span_context lent_;
    weir::event is_lent_;
    weir::event is_used_;
    weir::event may_end_;
};

}  // namespace

CO_TEST(a_run_is_told_scope_by_scope) {
    scope_report report;
    co_await observe(report, span("app", serve()));
    const std::string refused = std::make_error_code(std::errc::connection_refused).message();
    CO_CHECK_EQUAL(report.to_text(),
                   "app 1.35 s ok\n"
                   "  +1.35 s thrown\n"
                   "  request 250 ms error: " +
                       refused +
                       " {method=GET, user=7}\n"
                       "    +0 ns cache miss {key=42}\n"
                       "    +250 ms WARN no answer\n"
                       "    rows 7\n"
                       "    wait 2 x 0.03 s (0.02 ... 0.04)\n"
                       "    depth{queue=in} = 2\n"
                       "    connect 250 ms error: " +
                       refused +
                       "\n"
                       "  idle 1 s stopped\n"
                       "  print 100 ms exception: out of paper\n");
}

CO_TEST(what_runs_still_is_shown_as_running) {
    scope_report report;
    std::string text;
    const auto look = [&]() -> task<> {
        static_cast<void>(co_await weir::sleep_for(2s));
        text = report.to_text(weir::reactor::current().now());
    };
    co_await observe(report, span("app", look()));
    CO_CHECK_EQUAL(text, "app runs for 2 s\n");
}

CO_TEST(scopes_beyond_the_bound_are_counted_with_all_that_is_in_them) {
    report_options options;
    options.max_scopes = 4;
    scope_report report(options);
    co_await observe(report, span("app", many_scopes(3)));
    CO_CHECK_EQUAL(report.size(), 4U);
    CO_CHECK_EQUAL(report.scopes_left_out(), 3U);
    CO_CHECK(report.to_text().ends_with("left out: 3 scopes, 0 entries\n"));
}

CO_TEST(entries_beyond_the_bound_are_counted) {
    report_options options;
    options.max_entries = 2;
    scope_report report(options);
    co_await observe(report, span("app", many_entries(5)));
    CO_CHECK_EQUAL(report.entries_left_out(), 3U);
    CO_CHECK(report.to_text().ends_with("+0 ns again\nleft out: 0 scopes, 3 entries\n"));
}

CO_TEST(long_texts_are_cut_between_characters) {
    report_options options;
    options.max_text_bytes = 4;
    scope_report report(options);
    co_await observe(report, span("abc\u00e9", nothing()));
    CO_CHECK(report.to_text().starts_with("abc... "));
}

CO_TEST(what_happens_outside_of_scopes_stands_below_them) {
    scope_report report;
    co_await observe(report, speak_outside());
    CO_CHECK_EQUAL(report.to_text(), "app 0 ns ok\n  +0 ns again\n+0 ns before\n");
}

CO_TEST(a_report_with_a_listener_tells_each_outermost_scope_and_forgets_it) {
    std::vector<std::string> told;
    report_options options;
    options.max_scopes = 2;
    options.max_entries = 1;
    scope_report report(options, [&](const std::string& text) { told.push_back(text); });
    const auto serve_twice = [&]() -> task<> {
        co_await span("request", many_scopes(1));
        co_await span("request", many_entries(3));
    };
    co_await observe(report, serve_twice());
    CO_REQUIRE(told.size() == 2);
    CO_CHECK_EQUAL(told[0], "request 0 ns ok\n  one 0 ns ok\nleft out: 1 scopes, 0 entries\n");
    CO_CHECK_EQUAL(told[1], "request 0 ns ok\n  +0 ns again\nleft out: 0 scopes, 2 entries\n");
    CO_CHECK_EQUAL(report.size(), 0U);
    CO_CHECK(report.to_text().empty());
}

CO_TEST(a_span_that_outlives_its_parent_does_no_harm) {
    std::vector<std::string> told;
    scope_report report(report_options(), [&](const std::string& text) { told.push_back(text); });
    borrowing two;
    const auto run = [&]() -> task<> {
        static_cast<void>(co_await weir::when_all(span("borrower", two.borrow()), two.lend()));
    };
    co_await observe(report, run());
    CO_REQUIRE(told.size() == 2);
    CO_CHECK_EQUAL(told[0], "lender 0 ns ok\n  stray runs\n");
    CO_CHECK_EQUAL(told[1], "borrower 0 ns ok\nleft out: 0 scopes, 1 entries\n");
    CO_CHECK_EQUAL(report.size(), 0U);
}

BOOST_AUTO_TEST_SUITE_END()
