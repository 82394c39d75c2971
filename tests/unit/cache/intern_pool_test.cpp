// SPDX-License-Identifier: Apache-2.0
// intern_pool: one copy for all, bounds, and what is dropped when.
#include <weir/cache/intern_pool.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(intern_pool_test)

namespace {

using namespace std::chrono_literals;
using pool = weir::intern_pool<std::string>;
constexpr pool::time_point start{1000s};

}  // namespace

BOOST_AUTO_TEST_CASE(equal_values_share_one_copy) {
    pool topics(10);
    const auto one = topics.intern("room:lobby");
    const auto two = topics.intern(std::string("room:lobby"));
    const auto other = topics.intern("room:garden");
    BOOST_TEST((one == two));
    BOOST_TEST((&*one == &*two));
    BOOST_TEST((one != other));
    BOOST_TEST(*one == "room:lobby");
    BOOST_TEST(other->size() == 11U);
    BOOST_TEST(topics.statistics().held == 2U);
    BOOST_TEST(topics.statistics().hits == 1U);
    BOOST_TEST(!topics.find("room:attic"));
}

BOOST_AUTO_TEST_CASE(a_value_that_nobody_holds_waits_for_the_next) {
    pool topics(10);
    const std::string* place = nullptr;
    {
        const auto one = topics.intern("a");
        place = &*one;
    }
    BOOST_TEST(topics.statistics().resting == 1U);
    const auto two = topics.intern("a");
    BOOST_TEST((&*two == place));
    BOOST_TEST(topics.statistics().resting == 0U);
}

BOOST_AUTO_TEST_CASE(the_one_that_rests_longest_goes_for_another_and_held_ones_never) {
    pool topics(2);
    auto one = topics.intern("a");
    auto two = topics.intern("b");
    const auto none = topics.intern("c");
    BOOST_TEST(!none);
    BOOST_TEST(topics.statistics().refused == 1U);
    two = pool::handle();
    one = pool::handle();
    const auto three = topics.intern("c");
    BOOST_TEST(static_cast<bool>(three));
    BOOST_TEST(static_cast<bool>(topics.find("a")));
    BOOST_TEST(!topics.find("b"));
}

BOOST_AUTO_TEST_CASE(what_rests_too_long_is_swept) {
    pool topics(10, 300s);
    static_cast<void>(topics.intern("a"));
    const auto held = topics.intern("b");
    topics.sweep(start);
    static_cast<void>(topics.intern("c"));
    topics.sweep(start + 200s);
    BOOST_TEST(topics.statistics().resting == 2U);
    topics.sweep(start + 300s);
    BOOST_TEST(topics.statistics().resting == 1U);
    topics.sweep(start + 500s);
    BOOST_TEST(topics.statistics().resting == 0U);
    BOOST_TEST(topics.statistics().held == 1U);
    BOOST_TEST(topics.statistics().evictions == 2U);
}

BOOST_AUTO_TEST_CASE(handles_may_be_copied_moved_and_assigned_in_any_order) {
    pool topics(50);
    weir::random chance(1);
    std::vector<pool::handle> handles(20);
    for (int i = 0; i < 10'000; ++i) {
        auto& to = handles[chance.below(20)];
        auto& from = handles[chance.below(20)];
        switch (chance.below(4)) {
            case 0:
                to = topics.intern(std::to_string(chance.below(100)));
                break;
            case 1:
                to = from;
                break;
            case 2:
                to = std::move(from);
                break;
            default:
                to = pool::handle();
                break;
        }
        BOOST_REQUIRE(topics.statistics().held <= 20U);
        BOOST_REQUIRE(topics.statistics().held + topics.statistics().resting <= 50U);
    }
    handles.clear();
    BOOST_TEST(topics.statistics().held == 0U);
}

BOOST_AUTO_TEST_CASE(a_value_that_is_there_is_shared_without_allocation) {
    pool topics(10);
    const std::string name = "a topic that is too long for the string itself";
    const auto first = topics.intern(name);
    const weir::test::allocation_count allocated;
    for (int i = 0; i < 100; ++i) {
        const auto again = topics.intern(name);
        BOOST_REQUIRE((again == first));
    }
    BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
