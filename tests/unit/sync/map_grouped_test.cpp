// SPDX-License-Identifier: Apache-2.0
#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/map_grouped.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(map_grouped_test)

namespace {

using namespace std::chrono_literals;
using weir::test::is_about;
using strings = std::vector<std::string>;

char first_letter(const std::string& word) { return word.front(); }

/// Needs a second for each value, and notes what it was called with.
class worker {
public:
    weir::task<weir::result<strings>> shout(strings group) {
        calls.push_back(group);
        most_at_once = std::max(most_at_once, ++at_once_);
        const auto slept = co_await weir::sleep_for(std::chrono::seconds(group.size()));
        --at_once_;
        if (!slept) co_return weir::fail(slept.error());
        for (std::string& each : group) each += '!';
        co_return std::move(group);
    }
    std::vector<strings> calls;
    int most_at_once = 0;

private:
    int at_once_ = 0;
};

weir::task<weir::result<strings>> refuse_b(strings group) {
    if (group.front().front() == 'b') co_return weir::fail(std::errc::bad_message);
    co_await weir::ok(weir::sleep_for(1h));
    co_return std::move(group);
}

}  // namespace

CO_TEST(each_kind_is_one_call_and_the_results_are_in_order) {
    worker work;
    const auto shout = [&work](strings group) { return work.shout(std::move(group)); };
    strings words;
    for (const char* each : {"b1", "a1", "b2", "c1", "a2", "b3"}) words.emplace_back(each);
    const auto begin = weir::reactor::current().now();
    const auto all = co_await weir::map_grouped(std::move(words), first_letter, 16, shout);
    CO_REQUIRE(all.has_value());
    std::string joined;
    for (const std::string& each : *all) joined += each;
    CO_CHECK_EQUAL(joined, "b1!a1!b2!c1!a2!b3!");
    CO_REQUIRE(work.calls.size() == 3);
    CO_CHECK_EQUAL(work.calls[0].size(), 3U);
    CO_CHECK_EQUAL(work.calls[1].back(), "a2");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 3s));
}

CO_TEST(no_more_groups_than_allowed_are_handled_at_once) {
    worker work;
    const auto shout = [&work](strings group) { return work.shout(std::move(group)); };
    strings words;
    for (const char* each : {"a", "b", "c", "d", "e", "f", "g"}) words.emplace_back(each);
    const auto all = co_await weir::map_grouped(std::move(words), first_letter, 2, shout);
    CO_CHECK(all.has_value());
    CO_CHECK_EQUAL(work.most_at_once, 2);
}

CO_TEST(nothing_is_a_group_of_none) {
    worker work;
    const auto shout = [&work](strings group) { return work.shout(std::move(group)); };
    const auto all = co_await weir::map_grouped(strings(), first_letter, 2, shout);
    CO_REQUIRE(all.has_value());
    CO_CHECK(all->empty());
    CO_CHECK(work.calls.empty());
}

CO_TEST(the_error_of_one_group_stops_its_siblings) {
    strings words;
    for (const char* each : {"a", "b", "c"}) words.emplace_back(each);
    const auto begin = weir::reactor::current().now();
    const auto all = co_await weir::map_grouped(std::move(words), first_letter, 16, refuse_b);
    CO_REQUIRE(!all.has_value());
    CO_CHECK(all.error() == std::errc::bad_message);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 0s));
}

CO_TEST(groups_that_are_not_done_in_time_are_stopped_and_none_is_left) {
    worker work;
    const auto shout = [&work](strings group) { return work.shout(std::move(group)); };
    strings words(7, "b");
    words.emplace_back("a");
    const auto begin = weir::reactor::current().now();
    const auto all = co_await weir::with_timeout(
        5s, weir::map_grouped(std::move(words), first_letter, 16, shout));
    CO_REQUIRE(!all.has_value());
    CO_CHECK(all.error() == std::errc::timed_out);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 5s));
}

BOOST_AUTO_TEST_SUITE_END()
