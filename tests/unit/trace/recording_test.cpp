// SPDX-License-Identifier: Apache-2.0
// recording: what a task says reaches the recorder that is bound around it, and nobody else.
#include <weir/trace/recording.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"
#include "notebook.hpp"

#include <weir/coro/with_value.hpp>
#include <weir/trace/span.hpp>

#include <array>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(recording_test)

namespace {

using namespace std::chrono_literals;
using weir::task;
using weir::test::notebook;
using weir::trace::attribute;
using weir::trace::log_level;
using weir::trace::metric;
using weir::trace::observe;
using weir::trace::span;

task<> say_all() {
    co_await weir::trace::record_event("cache miss", attribute("key", 7), attribute("tier", "l2"));
    co_await weir::trace::record_attributes(attribute("rows", 3));
    co_await weir::trace::record_metric(metric::counter("rows", 3));
    co_await weir::trace::record_metric(metric::gauge("depth", 0.5), attribute("queue", "in"));
    co_await weir::trace::record_metric(metric::histogram("wait", 1500ms));
    co_await weir::trace::record_log(log_level::warning, "slow", attribute("late", true));
}
task<> say_from_a_function() {
    const auto here = co_await weir::trace::here();
    CO_CHECK(here.is_bound());
    here.event("one");
    const std::array with{attribute("of", 2)};
    here.event("two", with);
}

}  // namespace

CO_TEST(what_is_said_in_a_span_reaches_the_recorder_with_its_path) {
    notebook notes;
    co_await observe(notes, span("app", span("load", say_all())));
    const std::vector<std::string> expected{
        "app: began outermost",
        "app/load: began",
        "app/load: event cache miss key tier",
        "app/load: has rows",
        "app/load: metric rows 3.000000",
        "app/load: metric depth 0.500000 queue",
        "app/load: metric wait 1.500000",
        "app/load: WARN slow late",
        "app/load: ok",
        "app: ok",
    };
    CO_CHECK(notes.lines == expected);
}

CO_TEST(the_nearest_recorder_counts_and_is_told_alone) {
    notebook outer;
    notebook inner;
    co_await observe(outer, span("app", observe(inner, span("load", say_all()))));
    CO_CHECK_EQUAL(outer.lines.size(), 2U);
    CO_REQUIRE(!inner.lines.empty());
    CO_CHECK_EQUAL(inner.lines[0], "app/load: began outermost");
}

CO_TEST(a_recording_is_found_once_and_used_often) {
    notebook notes;
    co_await observe(notes, span("app", say_from_a_function()));
    CO_REQUIRE(notes.lines.size() == 4);
    CO_CHECK_EQUAL(notes.lines[2], "app: event two of");
}

CO_TEST(outside_of_spans_a_recorder_is_told_too) {
    notebook notes;
    co_await observe(notes, say_all());
    CO_REQUIRE(notes.lines.size() == 6);
    CO_CHECK_EQUAL(notes.lines[0], "-: event cache miss key tier");
}

CO_TEST(metrics_and_logs_are_recorded_even_where_the_trace_is_not_sampled) {
    notebook notes;
    const weir::trace::span_context unsampled(weir::trace::trace_id(1, 2), weir::trace::span_id(3),
                                              false);
    co_await observe(notes, weir::with_value(unsampled, span("app", say_all())));
    CO_REQUIRE(notes.lines.size() == 4);
    CO_CHECK_EQUAL(notes.lines[0], "app: metric rows 3.000000");
    CO_CHECK_EQUAL(notes.lines[3], "app: WARN slow late");
}

CO_TEST(where_no_recorder_is_bound_nothing_is_allocated) {
    const auto here = co_await weir::trace::here();
    CO_CHECK(!here.is_bound());
    co_await say_all();  // the frame is in the pool now
    const weir::test::allocation_count taken;
    co_await say_all();
    here.event("nobody hears that");
    CO_CHECK(taken.value() == 0 || !weir::test::allocations_are_counted());
}

BOOST_AUTO_TEST_SUITE_END()
