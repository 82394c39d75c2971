// SPDX-License-Identifier: Apache-2.0
// batch_queue: each of its limits alone, and what a batch holds.
#include <weir/flow/batch_queue.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(batch_queue_test)

namespace {

using namespace std::chrono_literals;
using weir::flow::batch_limits;
using weir::flow::batch_size;
using queue = weir::flow::batch_queue<int>;

constexpr queue::time_point begin{1000h};

void add(queue& to, int value, std::chrono::nanoseconds at = 0ns, std::size_t bytes = 0) {
    to.add(std::move(value), bytes, begin + at);
}
std::string text_of(const std::vector<int>& batch) {
    std::string text;
    for (const int each : batch) text += std::to_string(each) + " ";
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_due_with_the_last_item_that_a_batch_holds) {
    batch_limits limits;
    limits.max_items = 3;
    queue values(limits);
    add(values, 1);
    add(values, 2);
    BOOST_TEST(!values.is_due(begin));
    add(values, 3);
    BOOST_TEST(values.is_due(begin));
    add(values, 4);
    BOOST_TEST(text_of(values.take()) == "1 2 3 ");
    BOOST_TEST(!values.is_due(begin));
    BOOST_TEST(text_of(values.take()) == "4 ");
    BOOST_TEST(values.empty());
}

BOOST_AUTO_TEST_CASE(age_counts_from_the_first_value_not_the_last) {
    batch_limits limits;
    limits.max_delay = 50ms;
    queue values(limits);
    BOOST_TEST(!values.is_due(begin + 1h));
    add(values, 1, 0ms);
    add(values, 2, 49ms);
    BOOST_TEST((values.due_at() == begin + 50ms));
    BOOST_TEST(!values.is_due(begin + 50ms - 1ns));
    BOOST_TEST(values.is_due(begin + 50ms));
}

BOOST_AUTO_TEST_CASE(a_batch_has_no_more_bytes_than_allowed_but_one_value_always_fits) {
    batch_limits limits;
    limits.max_bytes = 10;
    queue values(limits);
    add(values, 1, 0ns, 4);
    add(values, 2, 0ns, 4);
    BOOST_TEST(!values.is_due(begin));
    add(values, 3, 0ns, 4);
    BOOST_TEST(values.is_due(begin));
    BOOST_TEST(text_of(values.take()) == "1 2 ");
    BOOST_TEST(!values.is_due(begin));
    add(values, 4, 0ns, 1000);
    BOOST_TEST(text_of(values.take()) == "3 ");
    BOOST_TEST(values.is_due(begin));
    BOOST_TEST(text_of(values.take()) == "4 ");
}

BOOST_AUTO_TEST_CASE(a_flush_is_for_what_waits_at_that_moment) {
    batch_limits limits;
    limits.max_items = 2;
    queue values(limits);
    values.flush();
    add(values, 1);
    BOOST_TEST(!values.is_due(begin));
    add(values, 2);
    add(values, 3);
    values.flush();
    add(values, 4);
    BOOST_TEST(text_of(values.take()) == "1 2 ");
    BOOST_TEST(values.is_due(begin));
    BOOST_TEST(text_of(values.take()) == "3 4 ");
    add(values, 5);
    BOOST_TEST(!values.is_due(begin));
}

BOOST_AUTO_TEST_CASE(an_endless_delay_is_none) {
    batch_limits limits;
    limits.max_delay = std::chrono::nanoseconds::max();
    queue values(limits);
    add(values, 1);
    BOOST_TEST((values.due_at() == queue::time_point::max()));
    BOOST_TEST(!values.is_due(begin + 1000h));
}

BOOST_AUTO_TEST_CASE(it_is_full_when_so_many_wait) {
    batch_limits limits;
    limits.max_items = 1;
    limits.max_pending = 2;
    queue values(limits);
    add(values, 1);
    BOOST_TEST(!values.is_full());
    add(values, 2);
    BOOST_TEST(values.is_full());
    static_cast<void>(values.take());
    BOOST_TEST(!values.is_full());
}

BOOST_AUTO_TEST_CASE(by_pace_a_batch_is_what_comes_within_the_delay) {
    batch_limits limits;
    limits.size = batch_size::by_pace;
    limits.max_delay = 50ms;
    limits.max_items = 100;
    queue values(limits);
    // One a second: nobody waits for a second one.
    for (int i = 0; i < 5; ++i) {
        add(values, i, i * 1s);
        BOOST_TEST(values.is_due(begin + i * 1s));
        static_cast<void>(values.take());
        BOOST_TEST(values.due_items() == 1U);
    }
    // One a millisecond: fifty come within the delay.
    std::chrono::nanoseconds at = 10s;
    std::string sizes;
    for (int i = 0; i < 250; ++i, at += 1ms) {
        add(values, i, at);
        if (!values.is_due(begin + at)) continue;
        sizes += std::to_string(values.take().size()) + " ";
    }
    // The first is of the pace before; the second came right behind it.
    BOOST_TEST(sizes == "1 1 50 50 50 50 ");
    // Ten a millisecond: no batch has more than it may.
    sizes.clear();
    for (int i = 0; i < 1000; ++i, at += 100us) {
        add(values, i, at);
        if (!values.is_due(begin + at)) continue;
        sizes += std::to_string(values.take().size()) + " ";
    }
    BOOST_TEST(sizes == "50 50 100 100 100 100 100 100 100 100 100 ");
    BOOST_TEST(values.due_items() == 100U);
    static_cast<void>(values.take());
    // Slower again: the delay ends the batch that has become too large, and the next fits.
    add(values, 0, at + 10s);
    BOOST_TEST(!values.is_due(begin + at + 10s));
    BOOST_TEST(values.is_due(begin + at + 10s + 50ms));
    static_cast<void>(values.take());
    BOOST_TEST(values.due_items() == 1U);
}

BOOST_AUTO_TEST_CASE(values_that_come_in_one_moment_are_of_the_highest_pace) {
    batch_limits limits;
    limits.size = batch_size::by_pace;
    limits.max_items = 10;
    limits.max_delay = std::chrono::nanoseconds::max();
    queue values(limits);
    add(values, 1);
    BOOST_TEST(text_of(values.take()) == "1 ");
    for (int i = 0; i < 30; ++i) add(values, i);
    BOOST_TEST(values.take().size() == 10U);
    BOOST_TEST(values.due_items() == 10U);
    BOOST_TEST(values.take().size() == 10U);
    BOOST_TEST(values.is_due(begin));
}

BOOST_AUTO_TEST_SUITE_END()
