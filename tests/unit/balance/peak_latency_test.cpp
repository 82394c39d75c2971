// SPDX-License-Identifier: Apache-2.0
// peak_latency: up at once, down slowly.
#include <weir/balance/peak_latency.hpp>

#include "targets.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(peak_latency_test)

namespace {

using namespace std::chrono_literals;
using weir::balance::peak_latency;
using weir::test::begin;

bool is_about(double nanoseconds, std::chrono::nanoseconds expected) {
    const auto real = static_cast<double>(expected.count());
    return nanoseconds > real * 0.99 && nanoseconds < real * 1.01;
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_slow_answer_counts_at_once_and_fast_ones_bit_by_bit) {
    peak_latency latency(10s);
    BOOST_TEST(!latency.is_known());
    latency.observe(10ms, begin);
    BOOST_TEST(is_about(latency.at(begin), 10ms));
    latency.observe(500ms, begin + 1s);
    BOOST_TEST(is_about(latency.at(begin + 1s), 500ms));
    latency.observe(10ms, begin + 2s);
    BOOST_TEST(is_about(latency.at(begin + 2s), 453'370us));
    for (int i = 0; i < 100; ++i) latency.observe(10ms, begin + 2s + i * 1s);
    BOOST_TEST(is_about(latency.at(begin + 101s), 10ms));
}

BOOST_AUTO_TEST_CASE(what_is_not_asked_is_forgiven) {
    peak_latency latency(10s);
    latency.observe(1s, begin);
    BOOST_TEST(is_about(latency.at(begin + 10s), 367'879us));
    BOOST_TEST(latency.at(begin + 100s) < 1e5);
    latency.observe(20ms, begin + 200s);
    BOOST_TEST(is_about(latency.at(begin + 200s), 20ms));
}

BOOST_AUTO_TEST_SUITE_END()
