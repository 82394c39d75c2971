// SPDX-License-Identifier: Apache-2.0
#include "matcher.hpp"

#include "allocation_count.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>

BOOST_AUTO_TEST_SUITE(matcher_test)

namespace {

using namespace matching;

constexpr ticks levels = 200;

request order_of(order_id id, side way, ticks limit, std::uint32_t quantity) {
    request made;
    made.id = id;
    made.way = way;
    made.limit = limit;
    made.quantity = quantity;
    return made;
}
request cancel_of(order_id id) {
    request made;
    made.id = id;
    made.what = request::kind::cancel;
    return made;
}
/// Some order, or a cancel of one that came not long ago.
request next_of(weir::random& chance, order_id id) {
    if (chance.below(3) == 0) return cancel_of(id - chance.below(id));
    return order_of(id, chance.below(2) == 0 ? side::buy : side::sell,
                    static_cast<ticks>(chance.below(levels)),
                    1 + static_cast<std::uint32_t>(chance.below(20)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_order_that_is_remembered_is_cancelled_without_a_search) {
    matcher market(1, levels, 10, 10);
    market.handle(order_of(1, side::buy, 50, 7));
    market.handle(cancel_of(1));
    BOOST_CHECK_EQUAL(market.fast_cancels(), 1U);
    BOOST_CHECK_EQUAL(market.totals().cancelled, 7U);
    BOOST_CHECK_EQUAL(market.resting(), 0U);
}

BOOST_AUTO_TEST_CASE(an_order_that_was_forgotten_is_found_in_its_book) {
    matcher market(1, levels, 10, 2);
    for (order_id id = 1; id <= 4; ++id) market.handle(order_of(id, side::buy, 50, 7));
    BOOST_CHECK_EQUAL(market.remembered(), 2U);
    market.handle(cancel_of(1));
    BOOST_CHECK_EQUAL(market.slow_cancels(), 1U);
    BOOST_CHECK_EQUAL(market.totals().cancelled, 7U);
    BOOST_CHECK_EQUAL(market.resting(), 21U);
}

BOOST_AUTO_TEST_CASE(an_order_that_was_filled_cannot_be_cancelled) {
    matcher market(1, levels, 10, 10);
    market.handle(order_of(1, side::buy, 50, 7));
    market.handle(order_of(2, side::sell, 50, 7));
    market.handle(cancel_of(1));
    market.handle(cancel_of(2));
    BOOST_CHECK_EQUAL(market.totals().cancelled, 0U);
    BOOST_CHECK_EQUAL(market.totals().traded, 7U);
}

BOOST_AUTO_TEST_CASE(whatever_comes_all_quantities_add_up_and_nothing_is_allocated) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            weir::random chance(seed);
            matcher market(1, levels, 100, 1000);
            const weir::test::allocation_count allocated;
            bool was_right = true;
            for (order_id id = 1; id <= 20'000; ++id) {
                market.handle(next_of(chance, id));
                was_right =
                    was_right && market.is_uncrossed() && market.totals().add_up(market.resting());
            }
            BOOST_CHECK_EQUAL(allocated.value(), 0U);
            BOOST_CHECK(was_right);
            BOOST_CHECK(market.totals().refused > 0);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
