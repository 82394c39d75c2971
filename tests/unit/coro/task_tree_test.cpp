// SPDX-License-Identifier: Apache-2.0
// task_tree: a dump names who waits for what, under whom, and for how long.
#include <weir/coro/task_tree.hpp>

#include "co_test.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/detail/branch.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/mutex.hpp>
#include <weir/sync/task_group.hpp>

#include <algorithm>
#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(task_tree_test)

namespace tree_test {

using namespace std::chrono_literals;
using entry = weir::task_entry;

weir::task<> wait_for_the_other(weir::event& other, weir::event& own) {
    const auto waited = co_await other.wait();
    if (waited) own.set();
}
weir::task<> innermost() { static_cast<void>(co_await weir::sleep_for(1h)); }
weir::task<> in_between() { co_await innermost(); }
weir::task<> hold_a_group() {
    weir::event first;
    weir::event second;
    weir::task_group group(co_await weir::this_task(), 2);
    auto one = group.spawn(wait_for_the_other, std::ref(first), std::ref(second));
    static_cast<void>(co_await one);
    auto two = group.spawn(wait_for_the_other, std::ref(second), std::ref(first));
    static_cast<void>(co_await two);
    static_cast<void>(co_await group.join());
}
weir::task<> fan_out() {
    weir::event never;
    static_cast<void>(
        co_await weir::when_all(in_between(), never.wait(), weir::with_timeout(2h, innermost())));
}

/// Runs `task` on a virtual loop, takes a dump while it waits, and stops it.
weir::task_tree dump_while_waiting(weir::task<> task,
                                   std::chrono::nanoseconds waited = std::chrono::nanoseconds(0)) {
    class owner final : public weir::detail::branch_owner {
    public:
        void branch_finished(weir::detail::scope_root&) noexcept override { done = true; }
        [[nodiscard]] weir::detail::promise_base* starter() const noexcept override {
            return nullptr;
        }
        bool done = false;
    };
    weir::test::virtual_loop place;
    owner end;
    weir::detail::branch<weir::task<>> main(std::move(task));
    main.start(end, place.loop().root());
    place.loop().turn(false);
    place.advance(waited);
    place.loop().turn(false);
    auto tree = weir::task_tree::capture(place.loop().root(), place.loop().now());
    place.loop().root().request_stop();
    while (!end.done) place.loop().turn(false);
    return tree;
}

const entry* find(const weir::task_tree& tree, const std::string& name) {
    const auto found =
        std::find_if(tree.entries().begin(), tree.entries().end(),
                     [&](const entry& e) { return e.name.find(name) != std::string::npos; });
    return found == tree.entries().end() ? nullptr : &*found;
}
std::string parent_of(const weir::task_tree& tree, const entry& e) {
    return e.parent == entry::npos ? "" : tree.entries()[e.parent].name;
}
std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace tree_test

using namespace tree_test;

BOOST_AUTO_TEST_CASE(a_chain_of_awaits_is_listed_from_the_top) {
    const auto tree = dump_while_waiting(in_between());
    BOOST_REQUIRE(tree.entries().size() == 2U);
    BOOST_TEST(tree.entries()[0].name.find("in_between") != std::string::npos);
    BOOST_TEST((tree.entries()[0].status == entry::state::awaiting_child));
    BOOST_TEST(tree.entries()[1].parent == 0U);
    BOOST_TEST(tree.entries()[1].waits_for == "timer");
    BOOST_TEST(tree.waiting_count() == 1U);
}

BOOST_AUTO_TEST_CASE(it_says_how_long_a_task_has_waited) {
    const auto tree = dump_while_waiting(in_between(), 1500ms);
    BOOST_TEST((tree.entries()[1].waiting == 1500ms));
    BOOST_TEST(tree.to_text().find("1500.0 ms") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_group_that_can_never_finish_is_shown_with_both_culprits) {
    const auto tree = dump_while_waiting(hold_a_group());
    const std::string text = tree.to_text();
    BOOST_TEST(occurrences(text, "wait_for_the_other") == 2U, text);
    BOOST_TEST(occurrences(text, "waiting for event") == 2U, text);
    BOOST_TEST(text.find("group with 2 in flight") != std::string::npos, text);
    const entry* child = find(tree, "wait_for_the_other");
    BOOST_REQUIRE(child != nullptr);
    BOOST_TEST(parent_of(tree, *child).find("hold_a_group") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(branches_of_when_all_and_inner_scopes_hang_below_their_starter) {
    const auto tree = dump_while_waiting(fan_out());
    const std::string text = tree.to_text();
    const entry* between = find(tree, "in_between");
    BOOST_REQUIRE(between != nullptr);
    BOOST_TEST(parent_of(tree, *between).find("fan_out") != std::string::npos, text);
    BOOST_TEST(occurrences(text, "innermost") == 2U, text);
    // Only the starter stands at the left edge.
    BOOST_TEST(std::count_if(tree.entries().begin(), tree.entries().end(),
                             [](const entry& e) { return e.parent == entry::npos; }) == 1);
}

BOOST_AUTO_TEST_CASE(json_has_one_object_a_task_and_balanced_brackets) {
    const auto tree = dump_while_waiting(hold_a_group());
    const std::string json = tree.to_json();
    BOOST_TEST(json.front() == '[');
    BOOST_TEST(json.back() == ']');
    BOOST_TEST(occurrences(json, "\"id\":\"0x") == tree.entries().size());
    BOOST_TEST(occurrences(json, "{") == tree.entries().size());
    BOOST_TEST(occurrences(json, "}") == tree.entries().size());
    BOOST_TEST(occurrences(json, "\"parent\":null") == 1U);
    BOOST_TEST(occurrences(json, "\"") % 2 == 0U);
}

BOOST_AUTO_TEST_CASE(an_empty_scope_gives_an_empty_dump) {
    weir::scope root;
    const auto tree = weir::task_tree::capture(root, {});
    BOOST_TEST(tree.to_text() == "");
    BOOST_TEST(tree.to_json() == "[]");
}

BOOST_AUTO_TEST_SUITE_END()
