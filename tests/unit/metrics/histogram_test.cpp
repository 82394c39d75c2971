// SPDX-License-Identifier: Apache-2.0
// histogram: quantiles within its error, at any size of value.
#include <weir/metrics/histogram.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(histogram_test)

using weir::metrics::histogram;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(an_empty_histogram_says_zero) {
    const histogram empty;
    BOOST_TEST(empty.count() == 0U);
    BOOST_TEST(empty.min() == 0U);
    BOOST_TEST(empty.max() == 0U);
    BOOST_TEST(empty.mean() == 0);
    BOOST_TEST(empty.quantile(0.5) == 0U);
}

BOOST_AUTO_TEST_CASE(one_value_is_every_quantile) {
    histogram one;
    one.record(123'456us);
    for (const double part : {0.0, 0.5, 0.999, 1.0}) BOOST_TEST(one.quantile(part) == 123'456'000U);
}

BOOST_AUTO_TEST_CASE(small_values_are_exact) {
    histogram small;
    for (std::uint64_t value = 1; value <= 200; ++value) small.record(value);
    BOOST_TEST(small.quantile(0.5) == 100U);
    BOOST_TEST(small.quantile(0.95) == 190U);
    BOOST_TEST(small.mean() == 100.5);
}

BOOST_AUTO_TEST_CASE(quantiles_are_within_the_promised_error_at_any_magnitude) {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> exponent(0, 41.9);
    std::vector<std::uint64_t> values(20'000);
    histogram all;
    for (auto& value : values) {
        value = static_cast<std::uint64_t>(std::exp2(exponent(random)));
        all.record(value);
    }
    std::sort(values.begin(), values.end());
    for (const double part : {0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
        const auto rank =
            static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
        const auto truth = static_cast<double>(values.at(rank - 1));
        const auto told = static_cast<double>(all.quantile(part));
        BOOST_TEST(std::abs(told - truth) <= truth * histogram::relative_error + 0.5);
    }
    BOOST_TEST(all.quantile(0) == values.front());
    BOOST_TEST(all.quantile(1) == values.back());
}

BOOST_AUTO_TEST_CASE(values_beyond_the_largest_count_as_the_largest) {
    histogram wide;
    wide.record(UINT64_MAX);
    wide.record(-5ns);
    BOOST_TEST(wide.max() == histogram::max_value);
    BOOST_TEST(wide.min() == 0U);
}

BOOST_AUTO_TEST_CASE(merging_is_as_if_all_had_been_recorded_in_one) {
    histogram a;
    histogram b;
    histogram both;
    for (std::uint64_t value = 1; value < 5'000'000; value = value * 5 / 4 + 1) {
        (value % 2 == 0 ? a : b).record(value);
        both.record(value);
    }
    a.merge(b);
    BOOST_TEST(a.count() == both.count());
    BOOST_TEST(a.sum() == both.sum());
    BOOST_TEST(a.min() == both.min());
    BOOST_TEST(a.max() == both.max());
    for (const double part : {0.1, 0.5, 0.9}) BOOST_TEST(a.quantile(part) == both.quantile(part));
    const histogram copy = a;
    a.clear();
    BOOST_TEST(a.count() == 0U);
    BOOST_TEST(copy.count() == both.count());
}

BOOST_AUTO_TEST_CASE(count_up_to_grows_to_the_count) {
    histogram some;
    for (std::uint64_t value = 0; value < 1000; ++value) some.record(value * 1000);
    BOOST_TEST(some.count_up_to(0) == 1U);
    BOOST_TEST(some.count_up_to(100'000) >= 100U);
    BOOST_TEST(some.count_up_to(100'000) <= 102U);
    BOOST_TEST(some.count_up_to(histogram::max_value) == 1000U);
}

BOOST_AUTO_TEST_CASE(another_thread_may_read_while_one_records) {
    histogram shared;
    std::thread writer([&shared] {
        for (std::uint64_t value = 0; value < 50'000; ++value) shared.record(value);
    });
    for (int i = 0; i < 20; ++i) BOOST_TEST(shared.quantile(0.5) <= 50'000U);
    writer.join();
    BOOST_TEST(shared.count() == 50'000U);
}

BOOST_AUTO_TEST_SUITE_END()
