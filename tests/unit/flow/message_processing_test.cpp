// SPDX-License-Identifier: Apache-2.0
// The ways to process messages that need no piece of their own, because a few lines of those that
// exist are enough: each case is the pattern, and shows that nothing is lost, late or unbounded.
#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/flow/batcher.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/chunk.hpp>
#include <weir/sync/for_each_concurrent.hpp>
#include <weir/sync/map_concurrently.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(message_processing_test)

namespace {

using namespace std::chrono_literals;
using weir::test::is_about;

/// What is done with messages, and how many are at it.
class worker {
public:
    weir::task<weir::result<int>> square_of(int value) {
        co_await weir::ok(enter());
        co_return value* value;
    }
    weir::task<weir::result<void>> handle(std::vector<int> batch) {
        handled.insert(handled.end(), batch.begin(), batch.end());
        largest = std::max(largest, batch.size());
        co_await weir::ok(enter());
        co_return weir::result<void>();
    }
    std::vector<int> handled;
    std::size_t largest = 0;
    int most_at_once = 0;

private:
    weir::task<weir::result<void>> enter() {
        most_at_once = std::max(most_at_once, ++at_once_);
        const auto slept = co_await weir::sleep_for(30ms);
        --at_once_;
        co_return slept;
    }
    int at_once_ = 0;
};

std::vector<int> numbers_to(int last) {
    std::vector<int> all;
    for (int i = 1; i <= last; ++i) all.push_back(i);
    return all;
}
weir::task<weir::result<void>> add_all(weir::flow::batcher<int>& to, int last) {
    for (int i = 1; i <= last; ++i) co_await weir::ok(to.add(i));
    to.close();
    co_return weir::result<void>();
}
weir::stream<std::vector<int>> batches_of(weir::flow::batcher<int>& from) {
    while (auto batch = co_await weir::ok(from.next())) co_yield std::move(*batch);
}

using groups = std::map<std::string, std::vector<int>>;

/// Needs a second for each message of a group.
weir::task<weir::result<std::string>> process(groups::value_type group) {
    co_await weir::ok(weir::sleep_for(std::chrono::seconds(group.second.size())));
    co_return group.first + std::to_string(group.second.size());
}
groups by_kind(const std::vector<std::pair<std::string, int>>& messages) {
    groups all;
    for (const auto& [kind, value] : messages) all[kind].push_back(value);
    return all;
}

}  // namespace

CO_TEST(a_batch_is_mapped_in_parallel_and_its_results_are_in_order) {
    worker work;
    const auto square = [&work](int value) { return work.square_of(value); };
    const auto results = co_await weir::map_concurrently(numbers_to(100), 8, square);
    CO_REQUIRE(results.has_value());
    CO_CHECK_EQUAL(results->size(), 100U);
    CO_CHECK_EQUAL(results->at(6), 49);
    CO_CHECK_EQUAL(results->back(), 10000);
    CO_CHECK_EQUAL(work.most_at_once, 8);
}

CO_TEST(every_outcome_can_be_kept_instead_of_the_first_error) {
    worker work;
    const auto outcome_of = [&work](int value) -> weir::task<weir::result<weir::result<int>>> {
        weir::result<int> outcome = weir::fail(std::errc::argument_out_of_domain);
        if (value % 2 == 0) outcome = co_await work.square_of(value);
        co_return outcome;
    };
    const auto outcomes = co_await weir::map_concurrently(numbers_to(10), 4, outcome_of);
    CO_REQUIRE(outcomes.has_value());
    CO_REQUIRE(outcomes->size() == 10);
    CO_CHECK(!outcomes->at(0).has_value());
    CO_REQUIRE(outcomes->at(9).has_value());
    CO_CHECK_EQUAL(*outcomes->at(9), 100);
}

CO_TEST(batches_are_processed_eight_at_once_from_a_queue_with_a_bound) {
    weir::flow::batch_limits limits;
    limits.max_items = 20;
    limits.max_delay = 10ms;
    limits.max_pending = 1000;
    weir::flow::batcher<int> queue(limits);
    worker work;
    const auto handle = [&work](std::vector<int> batch) { return work.handle(std::move(batch)); };
    const auto [added, processed] = co_await weir::when_all(
        add_all(queue, 5010), weir::for_each_concurrent(batches_of(queue), 8, handle));
    CO_CHECK(added.has_value());
    CO_CHECK(processed.has_value());
    CO_CHECK(work.handled == numbers_to(5010));
    CO_CHECK_EQUAL(work.largest, 20U);
    CO_CHECK_EQUAL(work.most_at_once, 8);
}

CO_TEST(a_stream_is_processed_chunk_by_chunk_with_its_remainder_and_without_a_barrier) {
    worker work;
    const auto handle = [&work](std::vector<int> piece) { return work.handle(std::move(piece)); };
    const auto begin = weir::reactor::current().now();
    const auto processed = co_await weir::for_each_concurrent(
        weir::chunk(weir::stream_of(numbers_to(1050)), 100), 10, handle);
    CO_CHECK(processed.has_value());
    CO_CHECK(work.handled == numbers_to(1050));
    CO_CHECK_EQUAL(work.most_at_once, 10);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 60ms));
}

CO_TEST(groups_are_processed_side_by_side_and_merged_in_order) {
    groups all = by_kind({{"b", 1}, {"a", 2}, {"b", 3}, {"c", 4}, {"b", 5}});
    const auto begin = weir::reactor::current().now();
    const auto merged =
        co_await weir::with_timeout(5s, weir::map_concurrently(std::move(all), 16, process));
    CO_REQUIRE(merged.has_value());
    CO_REQUIRE(merged->size() == 3);
    CO_CHECK_EQUAL(merged->at(0) + merged->at(1) + merged->at(2), "a1b3c1");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 3s));
}

CO_TEST(groups_that_are_not_done_in_time_are_stopped_and_none_is_left) {
    groups all = by_kind({{"a", 1}, {"b", 1}, {"b", 1}, {"b", 1}, {"b", 1}, {"b", 1}, {"b", 1}});
    const auto begin = weir::reactor::current().now();
    const auto merged =
        co_await weir::with_timeout(5s, weir::map_concurrently(std::move(all), 16, process));
    CO_REQUIRE(!merged.has_value());
    CO_CHECK(merged.error() == std::errc::timed_out);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 5s));
}

BOOST_AUTO_TEST_SUITE_END()
