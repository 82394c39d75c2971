// SPDX-License-Identifier: Apache-2.0
#include "ws/deflate/own_coders.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(own_coders_test)

namespace {

constexpr int bits = 12;
const std::size_t sending_bytes = ws::deflater::cost(bits);
const std::size_t receiving_bytes = ws::inflater::cost(bits);

/// A pool with room for one pair of coders and a bit.
class small_pool {
public:
    small_pool() {
        pool.set_max_bytes(ws::coder_pool::shared_bytes() + sending_bytes + receiving_bytes + 10);
    }
    [[nodiscard]] ws::own_coders coders() {
        return ws::own_coders(std::move(*pool.reserve(sending_bytes + receiving_bytes)));
    }
    ws::coder_pool pool;
};

}  // namespace

BOOST_AUTO_TEST_CASE(they_hold_nothing_until_they_are_needed_and_little_when_they_hibernate) {
    small_pool all;
    ws::own_coders own = all.coders();
    BOOST_TEST(own.held_bytes() == 0U);
    BOOST_REQUIRE(own.sending(bits, 3) != nullptr);
    static_cast<void>(own.receiving(bits));
    BOOST_TEST(own.held_bytes() == sending_bytes + receiving_bytes);
    own.hibernate_sending();
    own.hibernate_receiving();
    BOOST_TEST(own.held_bytes() == 0U, "there was no history");
    own.hibernate_sending();
    own.hibernate_receiving();
    BOOST_TEST(own.held_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(the_room_of_the_sender_can_be_lent_meanwhile_and_that_of_the_receiver_not) {
    small_pool all;
    ws::own_coders own = all.coders();
    static_cast<void>(own.sending(bits, 3));
    static_cast<void>(own.receiving(bits));
    own.hibernate_sending();
    own.hibernate_receiving();
    BOOST_TEST(all.pool.held_bytes() == receiving_bytes);
    BOOST_TEST(!all.pool.reserve(sending_bytes + receiving_bytes).has_value());
    {
        const auto other = all.pool.reserve(sending_bytes);
        BOOST_REQUIRE(other.has_value());
        BOOST_TEST(own.sending(bits, 3) == nullptr);
        BOOST_TEST(own.held_bytes() == 0U);
    }
    BOOST_TEST(own.sending(bits, 3) != nullptr);
    BOOST_TEST(all.pool.held_bytes() == sending_bytes + receiving_bytes);
}

BOOST_AUTO_TEST_CASE(a_deflater_that_is_made_again_refers_to_nothing) {
    small_pool all;
    ws::own_coders own = all.coders();
    const std::string text(300, 'a');
    const auto first = own.sending(bits, 3)->compress(weir::as_bytes(text), 3);
    const auto second = own.sending(bits, 3)->compress(weir::as_bytes(text), 3);
    own.hibernate_sending();
    const auto third = own.sending(bits, 3)->compress(weir::as_bytes(text), 3);
    BOOST_TEST(weir::as_text(third.view()) == weir::as_text(first.view()));
    BOOST_TEST(weir::as_text(second.view()) != weir::as_text(first.view()));
}

BOOST_AUTO_TEST_SUITE_END()
