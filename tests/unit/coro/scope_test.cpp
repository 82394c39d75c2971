// SPDX-License-Identifier: Apache-2.0
// scope: stop requests, deadlines and context values go down the tree and nowhere else.
#include <weir/coro/scope.hpp>

#include "co_test.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(scope_test)

namespace {

using namespace std::chrono_literals;
using time_point = weir::scope::time_point;

weir::task<weir::result<void>> sleep_deep(int levels) {
    if (levels > 0) co_return co_await sleep_deep(levels - 1);
    co_return co_await weir::sleep_for(1h);
}
weir::task<> stop_soon(weir::scope& scope) {
    static_cast<void>(co_await weir::shield(weir::sleep_for(1ms), 1h));
    scope.request_stop();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_stop_goes_down_and_not_up) {
    weir::scope root;
    weir::scope child(root);
    weir::scope grandchild(child);
    weir::scope sibling(root);
    child.request_stop();
    BOOST_TEST(!root.is_stopped());
    BOOST_TEST(child.is_stopped());
    BOOST_TEST(grandchild.is_stopped());
    BOOST_TEST(!sibling.is_stopped());
}

BOOST_AUTO_TEST_CASE(a_child_of_a_stopped_scope_is_stopped_from_the_start) {
    weir::scope root;
    root.request_stop();
    weir::scope child(root);
    weir::scope shielded(root, weir::scope::inherit_stop::no);
    BOOST_TEST(child.is_stopped());
    BOOST_TEST(!shielded.is_stopped());
}

BOOST_AUTO_TEST_CASE(a_shielded_scope_and_what_is_below_it_are_not_stopped) {
    weir::scope root;
    weir::scope shielded(root, weir::scope::inherit_stop::no);
    weir::scope below(shielded);
    root.request_stop();
    BOOST_TEST(!shielded.is_stopped());
    BOOST_TEST(!below.is_stopped());
    shielded.request_stop();
    BOOST_TEST(below.is_stopped());
}

BOOST_AUTO_TEST_CASE(the_nearest_deadline_counts_and_is_inherited) {
    weir::scope root;
    weir::scope child(root);
    BOOST_TEST((root.deadline() == time_point::max()));
    child.limit_deadline(time_point(5s));
    child.limit_deadline(time_point(7s));
    weir::scope grandchild(child);
    BOOST_TEST((grandchild.deadline() == time_point(5s)));
    grandchild.limit_deadline(time_point(3s));
    BOOST_TEST((child.deadline() == time_point(5s)));
    weir::scope shielded(child, weir::scope::inherit_stop::no);
    BOOST_TEST((shielded.deadline() == time_point::max()));
}

BOOST_AUTO_TEST_CASE(context_values_are_inherited_and_overridden_below_only) {
    const int outer = 1;
    const int inner = 2;
    const double other = 2.5;
    weir::scope root;
    root.set(outer);
    weir::scope child(root);
    child.set(inner);
    child.set(other);
    weir::scope grandchild(child);
    BOOST_TEST(*root.find<int>() == 1);
    BOOST_TEST(*grandchild.find<int>() == 2);
    BOOST_TEST(*grandchild.find<double>() == 2.5);
    BOOST_TEST(root.find<double>() == nullptr);
    BOOST_TEST(root.find<char>() == nullptr);
}

BOOST_AUTO_TEST_CASE(a_value_is_the_same_object_at_any_depth) {
    const int value = 1;
    weir::scope root;
    root.set(value);
    std::vector<std::unique_ptr<weir::scope>> chain;
    weir::scope* deepest = &root;
    for (int i = 0; i < 1000; ++i) {
        chain.push_back(std::make_unique<weir::scope>(*deepest));
        deepest = chain.back().get();
    }
    BOOST_TEST(deepest->find<int>() == &value);
    while (!chain.empty()) chain.pop_back();
}

BOOST_AUTO_TEST_CASE(overriding_a_value_twice_in_one_scope_keeps_the_others) {
    const int first = 1;
    const int second = 2;
    const char other = 'x';
    weir::scope root;
    root.set(other);
    root.set(first);
    root.set(second);
    BOOST_TEST(*root.find<int>() == 2);
    BOOST_TEST(*root.find<char>() == 'x');
}

CO_TEST(a_stop_reaches_a_child_a_thousand_levels_down) {
    weir::scope& ambient = (co_await weir::this_task()).ambient();
    weir::task_group group(co_await weir::this_task(), 1);
    auto started = group.spawn(stop_soon, std::ref(ambient));
    static_cast<void>(co_await started);
    const auto slept = co_await sleep_deep(1000);
    CO_CHECK(!slept && slept.error() == std::errc::operation_canceled);
    static_cast<void>(co_await group.join());
}

CO_TEST(everything_after_a_stop_is_stopped_at_once) {
    const auto self = co_await weir::this_task();
    self.ambient().request_stop();
    const auto start = weir::reactor::current().now();
    weir::event never;
    const auto slept = co_await weir::sleep_for(1h);
    const auto waited = co_await never.wait();
    const auto yielded = co_await weir::yield();
    CO_CHECK(!slept && !waited && !yielded);
    CO_CHECK(weir::reactor::current().now() == start);
}

BOOST_AUTO_TEST_SUITE_END()
