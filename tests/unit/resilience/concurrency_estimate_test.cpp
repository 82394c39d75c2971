// SPDX-License-Identifier: Apache-2.0
// concurrency_estimate: finds what a service can do, follows it, and stays within its bounds.
#include <weir/resilience/concurrency_estimate.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

BOOST_AUTO_TEST_SUITE(concurrency_estimate_test)

namespace {

using namespace std::chrono_literals;
using weir::resilience::concurrency_estimate;
using weir::resilience::estimate_options;

/// A service whose calls take 20 ms, spread by chance, and longer the more are beyond `capacity`.
class service {
public:
    explicit service(std::size_t places) : capacity(places) {}

    /// As many calls at once as the estimate allows, over and over.
    void use(concurrency_estimate& estimate, int rounds, std::size_t most = 100'000) {
        for (int i = 0; i < rounds; ++i) {
            std::vector<concurrency_estimate::permit> begun;
            while (begun.size() < most) {
                const auto permit = estimate.try_begin();
                if (!permit) break;
                begun.push_back(*permit);
            }
            const auto now_at_once = std::max(begun.size(), capacity);
            const auto slow =
                base * static_cast<std::int64_t>(now_at_once) / static_cast<std::int64_t>(capacity);
            for (const auto each : begun) {
                estimate.succeeded(each, chance_.between(slow / 2, slow * 3 / 2));
            }
        }
    }
    std::size_t capacity;
    std::chrono::nanoseconds base = 20ms;

private:
    weir::random chance_{1};
};

bool is_within(std::size_t value, double low, double high) {
    const auto real = static_cast<double>(value);
    return low <= real && real <= high;
}
/// The limit is probed now and then; the larger of two is that of use.
std::size_t settled(concurrency_estimate& estimate, service& used) {
    std::size_t limit = estimate.limit();
    for (int i = 0; i < 5; ++i) {
        used.use(estimate, 1);
        limit = std::max(limit, estimate.limit());
    }
    return limit;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_finds_a_capacity_far_above_and_far_below_where_it_began) {
    for (const std::size_t capacity : {4U, 40U, 400U}) {
        BOOST_TEST_CONTEXT("capacity " << capacity) {
            concurrency_estimate estimate;
            service used(capacity);
            used.use(estimate, 2000);
            const auto real = static_cast<double>(capacity);
            BOOST_TEST(is_within(settled(estimate, used), real, 2 * real));
            BOOST_TEST(estimate.in_flight() == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(it_follows_a_service_that_loses_and_wins_capacity) {
    concurrency_estimate estimate;
    service used(100);
    used.use(estimate, 500);
    used.capacity = 20;
    used.use(estimate, 500);
    BOOST_TEST(is_within(settled(estimate, used), 20, 40));
    used.capacity = 200;
    used.use(estimate, 1000);
    BOOST_TEST(is_within(settled(estimate, used), 200, 400));
}

BOOST_AUTO_TEST_CASE(a_service_that_is_slower_by_nature_keeps_its_limit) {
    concurrency_estimate estimate;
    service used(100);
    used.use(estimate, 500);
    used.base = 60ms;
    used.use(estimate, 1000);
    BOOST_TEST(is_within(settled(estimate, used), 100, 200));
    BOOST_TEST((estimate.base() > 45ms && estimate.base() < 75ms));
}

BOOST_AUTO_TEST_CASE(a_limit_that_is_not_reached_does_not_grow) {
    concurrency_estimate estimate;
    service used(1000);
    used.use(estimate, 2000, 5);
    BOOST_TEST(estimate.limit() <= 20U);
}

BOOST_AUTO_TEST_CASE(signs_of_overload_shrink_it_once_a_round_and_not_below_the_least) {
    estimate_options options;
    options.initial = 100;
    options.least = 10;
    concurrency_estimate estimate(options);
    service used(1000);
    used.use(estimate, 1);
    const std::size_t before = estimate.limit();
    std::vector<concurrency_estimate::permit> begun;
    for (int i = 0; i < 50; ++i) begun.push_back(*estimate.try_begin());
    for (const auto each : begun) estimate.overloaded(each);
    BOOST_TEST(is_within(estimate.limit(), static_cast<double>(before) * 0.9 - 1,
                         static_cast<double>(before) * 0.9 + 1));
    for (int i = 0; i < 200; ++i) estimate.overloaded(*estimate.try_begin());
    BOOST_TEST(estimate.limit() == 10U);
}

BOOST_AUTO_TEST_CASE(it_lets_no_more_pass_than_the_limit_and_forgets_none) {
    estimate_options options;
    options.initial = 8;
    concurrency_estimate estimate(options);
    // It begins with a probe, at half of it.
    std::vector<concurrency_estimate::permit> begun;
    for (int i = 0; i < 4; ++i) begun.push_back(*estimate.try_begin());
    BOOST_TEST(!estimate.try_begin().has_value());
    estimate.abandoned(begun.back());
    BOOST_TEST(estimate.try_begin().has_value());
    BOOST_TEST(estimate.in_flight() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
