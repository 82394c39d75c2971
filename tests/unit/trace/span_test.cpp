// SPDX-License-Identifier: Apache-2.0
// span: who belongs to which trace, and what is told of a span's beginning and end.
#include <weir/trace/span.hpp>

#include "co_test.hpp"
#include "notebook.hpp"

#include <weir/coro/context.hpp>
#include <weir/coro/context_view.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/offload.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/trace/observe.hpp>
#include <weir/trace/traceparent.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(span_test)

namespace {

using namespace std::chrono_literals;
using weir::result;
using weir::task;
using weir::test::notebook;
using weir::trace::attribute;
using weir::trace::observe;
using weir::trace::span;
using weir::trace::span_context;

task<span_context> context_here() { co_return co_await weir::context<span_context>(); }
task<std::vector<span_context>> contexts_in_two_levels() {
    std::vector<span_context> seen;
    seen.push_back(co_await weir::context<span_context>());
    seen.push_back(co_await context_here());
    auto [first, second] =
        co_await weir::when_all(span("first", context_here()), span("second", context_here()));
    seen.push_back(first);
    seen.push_back(second);
    co_return seen;
}
task<result<int>> give(int value) {
    if (value < 0) co_return weir::fail(std::errc::io_error);
    co_return value;
}
task<> throw_that() {
    throw std::runtime_error("out of paper");
    co_return;
}
task<> sleep_long() { static_cast<void>(co_await weir::sleep_for(1h)); }
task<result<void>> ends_in_all_ways() {
    static_cast<void>(co_await span("good", give(1)));
    static_cast<void>(co_await span("bad", give(-1)));
    try {
        co_await span("thrown", throw_that());
    } catch (const std::runtime_error&) {
        CO_CHECK(true);
    }
    static_cast<void>(co_await weir::with_timeout(1s, span("late", weir::sleep_for(1h))));
    static_cast<void>(co_await weir::with_timeout(1s, span("void", sleep_long())));
    co_return weir::fail(std::errc::io_error);
}
task<span_context> context_on_a_thread() {
    const auto view = co_await weir::this_context<span_context>();
    auto reading = weir::offload([view] { return *view.find<span_context>(); });
    const result<span_context> seen = co_await reading;
    co_return seen.value_or(span_context());
}
task<span_context> context_carried() {
    const auto view = co_await weir::this_context<span_context>();
    auto carried = weir::carrying(view, &context_here);
    co_return co_await carried();
}

}  // namespace

CO_TEST(outside_of_spans_there_is_no_trace) {
    const span_context none = co_await context_here();
    CO_CHECK(!none.is_valid());
}

CO_TEST(a_root_begins_a_trace_and_what_is_inside_inherits_it) {
    const auto seen = co_await span("app", contexts_in_two_levels());
    CO_REQUIRE(seen.size() == 4);
    CO_CHECK(seen[0].is_valid() && seen[0].is_sampled());
    CO_CHECK(seen[1] == seen[0]);
    for (const std::size_t inner : {2U, 3U}) {
        CO_CHECK(seen[inner].trace() == seen[0].trace());
        CO_CHECK(seen[inner].span() != seen[0].span());
    }
    CO_CHECK(seen[2].span() != seen[3].span());
    const auto other = co_await span("app", context_here());
    CO_CHECK(other.trace() != seen[0].trace());
}

CO_TEST(a_trace_from_outside_is_continued_and_passed_on) {
    const auto from =
        weir::trace::parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
    CO_REQUIRE(from.has_value());
    const span_context here = co_await weir::with_value(*from, span("request", context_here()));
    CO_CHECK(here.trace() == from->trace() && here.span() != from->span());
    CO_CHECK(!here.is_sampled());
    CO_CHECK_EQUAL(weir::trace::format_traceparent(here),
                   "00-4bf92f3577b34da6a3ce929d0e0e4736-" + here.span().to_string() + "-00");
    const span_context fresh =
        co_await weir::with_value(span_context(), span("request", context_here()));
    CO_CHECK(fresh.is_valid() && fresh.is_sampled());
}

CO_TEST(a_recorder_is_told_of_spans_with_their_parents_and_attributes) {
    notebook notes;
    static_cast<void>(co_await observe(
        notes, span("app", contexts_in_two_levels(), attribute("user", 7), attribute("a", "b"))));
    CO_REQUIRE(notes.spans.size() == 3 && notes.lines.size() == 6);
    CO_CHECK_EQUAL(notes.lines[0], "app: began outermost user a");
    CO_CHECK_EQUAL(notes.lines[1], "app/first: began");
    CO_CHECK_EQUAL(notes.lines[5], "app: ok");
    CO_CHECK(!notes.spans[0].parent.is_valid());
    CO_CHECK(notes.spans[1].parent == notes.spans[0].context.span());
    CO_CHECK(notes.spans[2].parent == notes.spans[0].context.span());
}

CO_TEST(every_way_to_end_is_told) {
    notebook notes;
    const auto ended = co_await observe(notes, span("app", ends_in_all_ways()));
    CO_CHECK(!ended && ended.error() == std::errc::io_error);
    const std::string broken = std::make_error_code(std::errc::io_error).message();
    const std::vector<std::string> expected{
        "app: began outermost",
        "app/good: began",
        "app/good: ok",
        "app/bad: began",
        "app/bad: error: " + broken,
        "app/thrown: began",
        "app/thrown: exception: out of paper",
        "app/late: began",
        "app/late: stopped",
        "app/void: began",
        "app/void: stopped",
        "app: error: " + broken,
    };
    CO_CHECK(notes.lines == expected);
}

CO_TEST(a_trace_that_is_not_sampled_is_not_recorded) {
    notebook notes;
    const span_context unsampled(weir::trace::trace_id(1, 2), weir::trace::span_id(3), false);
    static_cast<void>(co_await observe(
        notes, weir::with_value(unsampled, span("app", contexts_in_two_levels()))));
    CO_CHECK(notes.lines.empty());
}

CO_TEST(the_outermost_span_below_a_binding_is_known_even_in_the_middle_of_a_trace) {
    notebook notes;
    const auto inner = [&]() -> task<span_context> {
        co_return co_await observe(notes, span("request", context_here()));
    };
    static_cast<void>(co_await span("app", inner()));
    CO_REQUIRE(!notes.lines.empty());
    CO_CHECK_EQUAL(notes.lines[0], "app/request: began outermost");
    CO_CHECK(notes.spans[0].parent.is_valid());
}

CO_TEST(other_threads_and_shards_are_given_the_context_by_its_name) {
    const auto both = [&]() -> task<bool> {
        const span_context here = co_await context_here();
        const span_context there = co_await context_on_a_thread();
        const span_context carried = co_await context_carried();
        co_return here.is_valid() && (there == here || !there.is_valid()) && carried == here;
    };
    const bool are_same = co_await span("app", both());
    CO_CHECK(are_same);
}

BOOST_AUTO_TEST_SUITE_END()
