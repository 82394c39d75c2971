// SPDX-License-Identifier: Apache-2.0
// context_view: chosen values of one task, given to work that does not run below it. Crossing
// threads is tested in ring/io.
#include <weir/coro/context_view.hpp>

#include "co_test.hpp"

#include <weir/coro/context.hpp>
#include <weir/coro/with_value.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(context_view_test)

namespace {

weir::task<std::string> seen(std::string before) {
    const int& number = co_await weir::context<int>();
    const std::string& text = co_await weir::context<std::string>();
    co_return before + text + std::to_string(number);
}
weir::task<weir::context_view<int, std::string>> view_here() {
    const auto view = co_await weir::this_context<int, std::string>();
    const int& number = co_await weir::context<int>();
    CO_CHECK(view.find<int>() == nullptr || view.find<int>() == &number);
    co_return view;
}
weir::task<std::string> seen_elsewhere() {
    const auto view = co_await weir::this_context<int, std::string>();
    auto elsewhere = [&]() -> weir::task<std::string> {
        co_return co_await weir::with_context(view, seen("with "));
    };
    auto carried = weir::carrying(view, &seen);
    auto overridden = [&]() -> weir::task<std::string> { co_return co_await carried("carrying "); };
    const std::string with = co_await weir::with_values(elsewhere(), -1, std::string("overridden"));
    const std::string carrying = co_await weir::with_value(-1, overridden());
    co_return with + " " + carrying;
}

}  // namespace

CO_TEST(a_view_refers_to_the_values_themselves) {
    const auto none = co_await view_here();
    CO_CHECK(none.find<int>() == nullptr && none.find<std::string>() == nullptr);
    const auto some = co_await weir::with_value(7, view_here());
    CO_CHECK(some.find<int>() != nullptr && some.find<std::string>() == nullptr);
}

CO_TEST(work_with_a_view_sees_its_values_instead_of_those_around_it) {
    const std::string text = co_await weir::with_values(seen_elsewhere(), 7, std::string("seven"));
    CO_CHECK_EQUAL(text, "with seven7 carrying seven7");
}

CO_TEST(what_a_view_does_not_have_stays_as_it_is) {
    const weir::context_view<int, std::string> empty;
    const std::string text = co_await weir::with_value(3, weir::with_context(empty, seen("")));
    CO_CHECK_EQUAL(text, "3");
}

BOOST_AUTO_TEST_SUITE_END()
