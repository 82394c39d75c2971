// SPDX-License-Identifier: Apache-2.0
// ghost_queue: holds most of the last so many, none that is older, and nothing that never was.
#include <weir/eviction/ghost_queue.hpp>

#include <weir/eviction/detail/slot_array.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>

BOOST_AUTO_TEST_SUITE(ghost_queue_test)

namespace {

using weir::ghost_queue;

std::uint32_t hash_of(std::size_t key) { return weir::detail::spread_hash(key); }

ghost_queue made_for(std::size_t capacity) {
    ghost_queue ghosts;
    ghosts.resize(capacity);
    return ghosts;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_new_one_holds_nothing_not_even_the_hash_zero) {
    const ghost_queue unsized;
    BOOST_TEST(!unsized.holds(0));
    const ghost_queue ghosts = made_for(100);
    for (std::size_t key = 0; key < 1000; ++key) BOOST_TEST(!ghosts.holds(hash_of(key)));
    BOOST_TEST(!ghosts.holds(0));
}

BOOST_AUTO_TEST_CASE(the_hash_zero_is_remembered_like_any_other) {
    ghost_queue ghosts = made_for(10);
    ghosts.remember(0);
    BOOST_TEST(ghosts.holds(0));
    BOOST_TEST(!ghosts.holds(1));
}

BOOST_AUTO_TEST_CASE(what_left_longer_ago_than_its_capacity_is_forgotten) {
    ghost_queue ghosts = made_for(1000);
    ghosts.remember(0xFFFFFFFFU);                                 // in the last bucket
    for (std::uint32_t i = 1; i < 1000; ++i) ghosts.remember(i);  // all in the first
    BOOST_TEST(ghosts.holds(0xFFFFFFFFU));
    ghosts.remember(1000);
    BOOST_TEST(!ghosts.holds(0xFFFFFFFFU));
}

BOOST_AUTO_TEST_CASE(most_of_the_last_are_remembered_and_none_before_them) {
    constexpr std::size_t capacity = 10'000;
    ghost_queue ghosts = made_for(capacity);
    for (std::size_t key = 0; key < 5 * capacity; ++key) ghosts.remember(hash_of(key));
    std::size_t held = 0;
    for (std::size_t key = 4 * capacity; key < 5 * capacity; ++key) {
        if (ghosts.holds(hash_of(key))) ++held;
    }
    BOOST_TEST(held > capacity * 2 / 3);
    for (std::size_t key = 0; key < 4 * capacity; ++key) BOOST_TEST(!ghosts.holds(hash_of(key)));
}

BOOST_AUTO_TEST_CASE(a_capacity_of_none_or_one_remembers_the_last) {
    for (const std::size_t capacity : {0U, 1U}) {
        ghost_queue ghosts = made_for(capacity);
        ghosts.remember(5);
        BOOST_TEST(ghosts.holds(5));
        ghosts.remember(6);
        BOOST_TEST(!ghosts.holds(5));
        BOOST_TEST(ghosts.holds(6));
        BOOST_TEST(ghosts.memory_bytes() == 16U);
    }
}

BOOST_AUTO_TEST_CASE(resizing_forgets) {
    ghost_queue ghosts = made_for(10);
    ghosts.remember(5);
    ghosts.resize(10);
    BOOST_TEST(!ghosts.holds(5));
    BOOST_TEST(ghosts.memory_bytes() == 160U);
}

BOOST_AUTO_TEST_SUITE_END()
