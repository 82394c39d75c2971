// SPDX-License-Identifier: Apache-2.0
// saturation: up at once, down when it has been quiet.
#include <weir/resilience/saturation.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(saturation_test)

namespace {

using namespace std::chrono_literals;
using weir::resilience::load_level;
using weir::resilience::saturation;

constexpr saturation::time_point begin{1000h};

}  // namespace

BOOST_AUTO_TEST_CASE(each_threshold_raises_the_level_at_once) {
    saturation queue;
    BOOST_TEST(!queue.update(799, 1000, begin));
    BOOST_TEST(queue.update(800, 1000, begin));
    BOOST_TEST((queue.level() == load_level::high));
    BOOST_TEST(!queue.update(899, 1000, begin));
    BOOST_TEST(queue.update(1000, 1000, begin));
    BOOST_TEST((queue.level() == load_level::full));
    BOOST_TEST(queue.share() == 1.0);
}

BOOST_AUTO_TEST_CASE(what_swings_around_a_threshold_is_one_alarm) {
    saturation queue;
    int changes = 0;
    for (int i = 0; i < 1000; ++i) {
        if (queue.update(i % 2 == 0 ? 90 : 10, 100, begin + i * 1s)) ++changes;
    }
    BOOST_TEST(changes == 1);
    BOOST_TEST((queue.level() == load_level::critical));
}

BOOST_AUTO_TEST_CASE(it_falls_to_where_it_is_after_a_quiet_minute) {
    saturation queue;
    BOOST_TEST(queue.update(100, 100, begin));
    BOOST_TEST(!queue.update(85, 100, begin + 60s - 1ns));
    BOOST_TEST(queue.update(85, 100, begin + 60s));
    BOOST_TEST((queue.level() == load_level::high));
    BOOST_TEST(queue.update(0, 100, begin + 120s));
    BOOST_TEST((queue.level() == load_level::calm));
}

BOOST_AUTO_TEST_SUITE_END()
