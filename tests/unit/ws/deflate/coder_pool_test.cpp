// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/deflate/coder_pool.hpp>

#include "ws/deflate/deflater.hpp"
#include "ws/deflate/inflater.hpp"

#include <weir/ws/deflate/deflate_agreement.hpp>

#include <boost/test/unit_test.hpp>

#include <utility>
#include <vector>

namespace ws = weir::ws;
using ws::coder_pool;

BOOST_AUTO_TEST_SUITE(coder_pool_test)

namespace {

constexpr auto keeping = ws::deflate_parameters(10, 9).keep_send_context().keep_receive_context();

}  // namespace

BOOST_AUTO_TEST_CASE(it_holds_nothing_until_somebody_needs_it) {
    coder_pool pool;
    BOOST_TEST(pool.held_bytes() == 0U);
    static_cast<void>(pool.shared_deflater(15, 6));
    BOOST_TEST(pool.held_bytes() == ws::deflater::cost(15));
}

BOOST_AUTO_TEST_CASE(a_window_has_one_deflater_for_all) {
    coder_pool pool;
    BOOST_TEST(&pool.shared_deflater(15, 6) == &pool.shared_deflater(15, 1));
    BOOST_TEST(&pool.shared_deflater(15, 6) != &pool.shared_deflater(9, 6));
}

BOOST_AUTO_TEST_CASE(an_inflater_that_comes_back_is_lent_again) {
    coder_pool pool;
    auto lent = pool.lend();
    BOOST_REQUIRE(lent != nullptr);
    const auto* first = lent.get();
    BOOST_TEST(pool.held_bytes() == ws::inflater::cost(15));
    lent.reset();
    BOOST_TEST(pool.held_bytes() == ws::inflater::cost(15));
    BOOST_TEST(pool.lend().get() == first);
}

BOOST_AUTO_TEST_CASE(of_many_that_come_back_four_are_kept) {
    coder_pool pool;
    std::vector<coder_pool::lent_inflater> all;
    for (int i = 0; i < 10; ++i) all.push_back(pool.lend());
    BOOST_TEST(pool.held_bytes() == 10 * ws::inflater::cost(15));
    all.clear();
    BOOST_TEST(pool.held_bytes() == 4 * ws::inflater::cost(15));
}

BOOST_AUTO_TEST_CASE(it_lends_until_only_the_last_one_is_left_and_that_one_always) {
    coder_pool pool;
    pool.set_max_bytes(0);
    BOOST_TEST(pool.max_bytes() == coder_pool::shared_bytes());
    std::vector<coder_pool::lent_inflater> all;
    for (auto lent = pool.lend(); lent != nullptr; lent = pool.lend()) {
        all.push_back(std::move(lent));
    }
    BOOST_TEST(all.size() == 3U);
    BOOST_TEST(pool.deferred() == 1U);
    for (int bits = 9; bits <= 15; ++bits) static_cast<void>(pool.shared_deflater(bits, 6));
    const auto briefly = pool.lend_briefly();
    BOOST_TEST((briefly != nullptr));
    BOOST_TEST(pool.held_bytes() <= pool.max_bytes());
}

BOOST_AUTO_TEST_CASE(room_is_reserved_until_there_is_no_more_and_comes_back) {
    coder_pool pool;
    pool.set_max_bytes(coder_pool::shared_bytes() + 1000);
    auto first = pool.reserve(600);
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(!pool.reserve(401).has_value());
    auto second = pool.reserve(400);
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(pool.held_bytes() == 1000U);
    first->shrink_to(100);
    BOOST_TEST(pool.held_bytes() == 500U);
    second = std::move(first);
    first.reset();
    BOOST_TEST(pool.held_bytes() == 100U);
    second.reset();
    BOOST_TEST(pool.held_bytes() == 0U);
    BOOST_TEST(!pool.reserve(SIZE_MAX).has_value());
}

BOOST_AUTO_TEST_CASE(a_reservation_grows_back_if_nobody_took_its_room) {
    coder_pool pool;
    pool.set_max_bytes(coder_pool::shared_bytes() + 1000);
    auto own = pool.reserve(800);
    BOOST_REQUIRE(own.has_value());
    own->shrink_to(300);
    auto other = pool.reserve(600);
    BOOST_REQUIRE(other.has_value());
    BOOST_TEST(!own->grow_to(800));
    BOOST_TEST(own->size() == 300U);
    *other = coder_pool::reservation();
    BOOST_TEST(own->grow_to(800));
    BOOST_TEST(pool.held_bytes() == 800U);
    *own = coder_pool::reservation();
    BOOST_TEST(pool.held_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(lent_and_reserved_and_shared_together_stay_below_the_maximum) {
    coder_pool pool;
    pool.set_max_bytes(std::size_t{2} << 20U);
    std::vector<coder_pool::lent_inflater> lent;
    std::vector<coder_pool::reservation> reserved;
    for (int round = 0; round < 3; ++round) {
        for (auto one = pool.lend(); one != nullptr && lent.size() < 20; one = pool.lend()) {
            lent.push_back(std::move(one));
        }
        for (auto one = pool.reserve(50'000); one; one = pool.reserve(50'000)) {
            reserved.push_back(std::move(*one));
            BOOST_REQUIRE(pool.held_bytes() <= pool.max_bytes());
        }
        for (int bits = 9; bits <= 15; ++bits) static_cast<void>(pool.shared_deflater(bits, 6));
        BOOST_TEST(pool.held_bytes() <= pool.max_bytes());
        if (round == 0) lent.clear();
        if (round == 1) reserved.clear();
    }
}

BOOST_AUTO_TEST_CASE(an_agreement_reserves_only_for_the_context_that_is_kept) {
    coder_pool pool;
    const auto plain = ws::deflate_agreement::make(ws::deflate_parameters(15, 15), pool);
    BOOST_REQUIRE(plain.has_value());
    BOOST_TEST(pool.held_bytes() == 0U);
    auto kept = ws::deflate_agreement::make(keeping, pool);
    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST(pool.held_bytes() == ws::deflater::cost(10) + ws::inflater::cost(9));
    kept->narrow_to(ws::deflate_parameters(10, 9).keep_receive_context());
    BOOST_TEST(pool.held_bytes() == ws::inflater::cost(9));
    pool.set_max_bytes(0);
    BOOST_TEST(!ws::deflate_agreement::make(keeping, pool).has_value());
    BOOST_TEST(ws::deflate_agreement::make(ws::deflate_parameters(15, 15), pool).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
