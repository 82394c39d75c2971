// SPDX-License-Identifier: Apache-2.0
#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

BOOST_AUTO_TEST_SUITE(random_test)

namespace {
using namespace std::chrono_literals;
using weir::random;
}  // namespace

BOOST_AUTO_TEST_CASE(the_numbers_are_those_of_splitmix64) {
    random chance(0);
    BOOST_TEST(chance.next() == 0xE220A8397B1DCDAFU);
    BOOST_TEST(chance.next() == 0x6E789E6AA1B965F4U);
}

BOOST_AUTO_TEST_CASE(one_seed_gives_one_sequence_and_another_seed_another) {
    random first(7);
    random second(7);
    random other(8);
    for (int i = 0; i < 100; ++i) {
        const auto number = first.next();
        BOOST_TEST(number == second.next());
        BOOST_TEST(number != other.next());
    }
}

BOOST_AUTO_TEST_CASE(a_number_below_a_bound_reaches_all_of_them_and_no_other) {
    random chance(1);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 200; ++i) seen.insert(chance.below(5));
    BOOST_TEST(seen.size() == 5U);
    BOOST_TEST(*seen.rbegin() == 4U);
}

BOOST_AUTO_TEST_CASE(a_time_between_two_may_be_either_of_them) {
    random chance(2);
    std::set<std::chrono::nanoseconds> seen;
    for (int i = 0; i < 200; ++i) seen.insert(chance.between(10ns, 12ns));
    BOOST_TEST((seen == std::set<std::chrono::nanoseconds>{10ns, 11ns, 12ns}));
}

BOOST_AUTO_TEST_CASE(a_time_without_a_range_is_its_lower_end) {
    random chance(2);
    BOOST_TEST((chance.between(10ns, 10ns) == 10ns));
    BOOST_TEST((chance.between(10ns, 3ns) == 10ns));
}

BOOST_AUTO_TEST_CASE(a_number_between_two_is_below_the_upper_one) {
    random chance(2);
    double lowest = 3;
    double highest = 2;
    for (int i = 0; i < 10'000; ++i) {
        const double drawn = chance.between(2.0, 3.0);
        lowest = std::min(lowest, drawn);
        highest = std::max(highest, drawn);
    }
    BOOST_TEST((lowest >= 2.0 && lowest < 2.01));
    BOOST_TEST((highest > 2.99 && highest < 3.0));
    random untouched = chance;
    BOOST_TEST(chance.between(5.0, 5.0) == 5.0);
    BOOST_TEST(chance.next() == untouched.next());
}

BOOST_AUTO_TEST_CASE(never_and_always_draw_nothing) {
    random asked(3);
    random untouched(3);
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST(!asked.chance(0));
        BOOST_TEST(asked.chance(1));
    }
    BOOST_TEST(asked.next() == untouched.next());
}

BOOST_AUTO_TEST_CASE(a_quarter_of_all_is_a_quarter) {
    random chance(4);
    int hits = 0;
    for (int i = 0; i < 10'000; ++i) hits += chance.chance(0.25) ? 1 : 0;
    BOOST_TEST((hits > 2300 && hits < 2700), hits);
}

BOOST_AUTO_TEST_CASE(what_a_fork_draws_does_not_shift_its_parent) {
    random parent(5);
    random twin(5);
    random child = parent.fork();
    static_cast<void>(twin.fork());
    std::set<std::uint64_t> of_child;
    for (int i = 0; i < 10; ++i) of_child.insert(child.next());
    for (int i = 0; i < 10; ++i) {
        const auto number = parent.next();
        BOOST_TEST(number == twin.next());
        BOOST_TEST(!of_child.contains(number));
    }
}

BOOST_AUTO_TEST_CASE(a_copy_has_the_same_future) {
    random first(6);
    random copy = first;
    BOOST_TEST(first.next() == copy.next());
}

BOOST_AUTO_TEST_SUITE_END()
