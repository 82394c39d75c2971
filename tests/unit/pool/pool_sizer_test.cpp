// SPDX-License-Identifier: Apache-2.0
// pool_sizer: when it grows, when it shrinks, and that it does neither too often.
#include <weir/pool/pool_sizer.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

BOOST_AUTO_TEST_SUITE(pool_sizer_test)

namespace {

using namespace std::chrono_literals;
using weir::pool_sample;
using weir::pool_sizer;
using weir::pool_sizing;

constexpr pool_sizer::time_point begin{1000h};

/// A pool's counts, which grow from second to second.
class story {
public:
    explicit story(pool_sizing sizing, std::size_t size) : sizer_(sizing, size) {
        static_cast<void>(sizer_.observe(pool_sample({}, 0, 0ns), now_));
    }
    /// A second in which a hundred callers waited for `wait` each, with so many lent at its end.
    std::optional<std::size_t> second(std::size_t lent, std::chrono::nanoseconds wait,
                                      std::uint64_t gave_up = 0) {
        counted_.lent = lent;
        counted_.timeouts += gave_up;
        served_ += 100;
        waited_ += 100 * wait;
        now_ += 1s;
        return sizer_.observe(pool_sample(counted_, served_, waited_), now_);
    }
    /// A second in which nobody was served although some wait.
    std::optional<std::size_t> stuck_second(std::size_t lent) {
        counted_.lent = lent;
        counted_.waiting = 3;
        now_ += 1s;
        return sizer_.observe(pool_sample(counted_, served_, waited_), now_);
    }
    [[nodiscard]] pool_sizer& sizer() { return sizer_; }

private:
    pool_sizer sizer_;
    weir::pool_statistics counted_;
    std::uint64_t served_ = 0;
    std::chrono::nanoseconds waited_{0};
    pool_sizer::time_point now_ = begin;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_crowded_pool_grows_by_a_tenth) {
    story pool(pool_sizing(10, 100), 20);
    BOOST_TEST((pool.second(20, 5ms) == 22U));
    BOOST_TEST(pool.sizer().size() == 22U);
}

BOOST_AUTO_TEST_CASE(a_full_pool_in_which_nobody_waits_stays_as_it_is) {
    story pool(pool_sizing(10, 100), 20);
    for (int i = 0; i < 100; ++i) BOOST_TEST(!pool.second(20, 100us));
}

BOOST_AUTO_TEST_CASE(waiting_while_little_is_lent_is_an_outage_and_no_reason_to_grow) {
    story pool(pool_sizing(10, 100), 20);
    for (int i = 0; i < 100; ++i) BOOST_TEST(!pool.second(3, 5s, 10));
    for (int i = 0; i < 100; ++i) BOOST_TEST(!pool.stuck_second(3));
    BOOST_TEST(pool.sizer().size() == 20U);
}

BOOST_AUTO_TEST_CASE(callers_that_give_up_or_are_stuck_are_as_bad_as_long_waits) {
    story refusing(pool_sizing(10, 100), 20);
    BOOST_TEST((refusing.second(20, 0ns, 1) == 22U));
    story stuck(pool_sizing(10, 100), 20);
    BOOST_TEST((stuck.stuck_second(20) == 22U));
}

BOOST_AUTO_TEST_CASE(after_a_change_it_waits_for_what_comes_of_it) {
    story pool(pool_sizing(10, 100), 20);
    BOOST_TEST((pool.second(20, 5ms) == 22U));
    for (int i = 0; i < 9; ++i) BOOST_TEST(!pool.second(22, 5ms));
    BOOST_TEST((pool.second(22, 5ms) == 24U));
}

BOOST_AUTO_TEST_CASE(it_shrinks_after_a_minute_of_calm_and_a_single_crowd_begins_that_anew) {
    story pool(pool_sizing(10, 100), 50);
    for (int i = 0; i < 59; ++i) BOOST_TEST(!pool.second(10, 0ns));
    BOOST_TEST(!pool.second(11, 0ns));  // more than a fifth
    for (int i = 0; i < 60; ++i) BOOST_TEST(!pool.second(10, 0ns));
    BOOST_TEST((pool.second(10, 0ns) == 45U));
}

BOOST_AUTO_TEST_CASE(it_stays_within_its_bounds) {
    story growing(pool_sizing(1, 3), 1);
    for (int i = 0; i < 100; ++i) static_cast<void>(growing.second(3, 1s));
    BOOST_TEST(growing.sizer().size() == 3U);
    for (int i = 0; i < 1000; ++i) static_cast<void>(growing.second(0, 0ns));
    BOOST_TEST(growing.sizer().size() == 1U);
    const pool_sizer outside(pool_sizing(5, 10), 1000);
    BOOST_TEST(outside.size() == 10U);
}

BOOST_AUTO_TEST_CASE(under_a_steady_load_the_size_comes_to_rest) {
    // So many are wanted at once; those that find none wait in proportion to what is missing.
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        weir::random chance(seed);
        const std::size_t wanted = 1 + chance.below(150);
        story pool(pool_sizing(5, 100), 5 + chance.below(96));
        const auto second = [&] {
            const std::size_t size = pool.sizer().size();
            const auto missing = static_cast<int>(wanted > size ? wanted - size : 0);
            return pool.second(std::min(wanted, size), missing * 1ms);
        };
        for (int i = 0; i < 5000; ++i) static_cast<void>(second());
        const std::size_t settled = pool.sizer().size();
        BOOST_TEST_CONTEXT("seed " << seed << ", wanted " << wanted << ", settled " << settled) {
            BOOST_TEST(settled + 2 >= std::min<std::size_t>(wanted, 100));
            BOOST_TEST((settled <= 5 || settled < 5 * wanted + 10));
            for (int i = 0; i < 500; ++i) BOOST_TEST(!second());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
