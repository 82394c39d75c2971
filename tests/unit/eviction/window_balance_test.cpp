// SPDX-License-Identifier: Apache-2.0
// window_balance: which misses are votes, where they move the border, and where it ends.
#include <weir/eviction/window_balance.hpp>

#include <weir/eviction/detail/slot_array.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>

BOOST_AUTO_TEST_SUITE(window_balance_test)

namespace {

using weir::window_balance;

/// `votes` keys leave the window or the main part, and each comes back at once.
void vote_for_window(window_balance& balance, std::uint32_t votes) {
    for (std::uint32_t key = 0; key < votes; ++key) {
        const std::uint32_t hash = weir::detail::spread_hash(key);
        balance.left_window(hash);
        balance.missed(hash);
    }
}
void vote_for_main(window_balance& balance, std::uint32_t votes) {
    for (std::uint32_t key = 0; key < votes; ++key) {
        const std::uint32_t hash = weir::detail::spread_hash(key + 1'000'000);
        balance.left_main(hash);
        balance.missed(hash);
    }
}
window_balance made_for(std::size_t entries) {
    window_balance balance;
    balance.resize(entries);
    return balance;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_begins_with_a_window_of_a_hundredth) {
    BOOST_TEST(window_balance().window_share() == 0.01);
    BOOST_TEST(made_for(10'000).window_share() == 0.01);
}

BOOST_AUTO_TEST_CASE(misses_of_keys_that_were_never_here_move_nothing) {
    window_balance balance = made_for(10'000);
    vote_for_window(balance, 100);
    const double share = balance.window_share();
    for (std::size_t key = 500; key < 5000; ++key) balance.missed(weir::detail::spread_hash(key));
    BOOST_TEST(balance.window_share() == share);
}

BOOST_AUTO_TEST_CASE(a_key_that_left_the_window_and_comes_back_widens_it) {
    window_balance balance = made_for(10'000);
    vote_for_window(balance, 1);
    BOOST_TEST(balance.window_share() > 0.01);
    BOOST_TEST(balance.window_share() < 0.02);
}

BOOST_AUTO_TEST_CASE(a_key_that_left_the_main_part_and_comes_back_narrows_the_window) {
    window_balance balance = made_for(10'000);
    vote_for_window(balance, 50);
    const double wide = balance.window_share();
    vote_for_main(balance, 10);
    BOOST_TEST(balance.window_share() < wide);
}

BOOST_AUTO_TEST_CASE(votes_that_agree_move_it_farther_than_votes_that_do_not) {
    window_balance agreed = made_for(10'000);
    vote_for_window(agreed, 40);
    window_balance torn = made_for(10'000);
    for (int i = 0; i < 40; ++i) {
        vote_for_window(torn, 1);
        vote_for_main(torn, 1);
    }
    BOOST_TEST(agreed.window_share() > 0.15);
    BOOST_TEST(torn.window_share() < 0.05);
}

BOOST_AUTO_TEST_CASE(neither_part_is_ever_abolished) {
    window_balance balance = made_for(10'000);
    vote_for_window(balance, 1000);
    BOOST_TEST(balance.window_share() == 0.99);
    vote_for_main(balance, 1000);
    BOOST_TEST(balance.window_share() == 0.005);
}

BOOST_AUTO_TEST_CASE(large_caches_ask_some_of_their_keys_and_move_as_well) {
    window_balance balance = made_for(1'000'000);
    vote_for_window(balance, 20'000);
    BOOST_TEST(balance.window_share() > 0.9);
    BOOST_TEST(balance.memory_bytes() <= 2U * 1024 * 16);
}

BOOST_AUTO_TEST_CASE(a_new_size_begins_anew) {
    window_balance balance = made_for(10'000);
    vote_for_window(balance, 100);
    balance.resize(10'000);
    BOOST_TEST(balance.window_share() == 0.01);
    balance.missed(weir::detail::spread_hash(99));
    BOOST_TEST(balance.window_share() == 0.01);
}

BOOST_AUTO_TEST_SUITE_END()
