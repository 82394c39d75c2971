// SPDX-License-Identifier: Apache-2.0
// pool_demand: how many openings begin, number by number.
#include <weir/pool/pool_demand.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>

BOOST_AUTO_TEST_SUITE(pool_demand_test)

namespace {

class row {
public:
    const char* why;
    std::size_t waiting, opening, validating, open, closing, floor, capacity, max_opening, expected;
};

constexpr std::array<row, 16> table{{
    {"nobody asks for anything", 0, 0, 0, 0, 0, 0, 10, 5, 0},
    {"one for each that waits", 3, 0, 0, 0, 0, 0, 10, 5, 3},
    {"less those on the way", 3, 2, 0, 0, 0, 0, 10, 5, 1},
    {"less those being validated", 3, 0, 1, 1, 0, 0, 10, 5, 2},
    {"more are on the way than wait", 1, 3, 0, 0, 0, 0, 10, 5, 0},
    {"up to the floor", 0, 0, 0, 1, 0, 4, 10, 5, 3},
    {"those on the way count for the floor", 0, 2, 0, 1, 0, 4, 10, 5, 1},
    {"one that closes does not", 0, 0, 0, 1, 1, 4, 10, 5, 3},
    {"whoever waits is part of the floor", 2, 0, 0, 0, 0, 4, 10, 5, 4},
    {"no more than fit", 9, 0, 0, 8, 0, 0, 10, 5, 2},
    {"one that closes still takes its place", 9, 0, 0, 8, 1, 0, 10, 5, 1},
    {"nothing fits", 9, 0, 0, 10, 0, 0, 10, 5, 0},
    {"more are open than fit after a resize", 9, 0, 0, 12, 0, 5, 10, 5, 0},
    {"so many at a time", 9, 0, 0, 0, 0, 0, 20, 5, 5},
    {"some are under way already", 9, 4, 0, 0, 0, 0, 20, 5, 1},
    {"more are under way than allowed now", 9, 6, 0, 0, 0, 0, 20, 1, 0},
}};

}  // namespace

BOOST_AUTO_TEST_CASE(openings_are_wanted_as_the_table_says) {
    for (const row& each : table) {
        weir::pool_demand asked;
        asked.waiting = each.waiting;
        asked.opening = each.opening;
        asked.validating = each.validating;
        asked.open = each.open;
        asked.closing = each.closing;
        asked.floor = each.floor;
        asked.capacity = each.capacity;
        asked.max_opening = each.max_opening;
        BOOST_TEST(asked.openings_wanted() == each.expected, each.why);
    }
}

BOOST_AUTO_TEST_SUITE_END()
