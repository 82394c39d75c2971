// SPDX-License-Identifier: Apache-2.0
// outgoing: what is said about a message, and what each kind costs.
#include <weir/ws/client/outgoing.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <type_traits>

BOOST_AUTO_TEST_SUITE(outgoing_test)

using weir::ws::outgoing;
using weir::ws::request_kind;

static_assert(!std::is_aggregate_v<outgoing>);

BOOST_AUTO_TEST_CASE(a_message_is_a_text_of_no_special_kind_unless_it_says_so) {
    const outgoing plain("hello");
    BOOST_TEST((plain.type() == weir::ws::message_kind::text));
    BOOST_TEST((plain.kind() == request_kind::query));
    BOOST_TEST((plain.urgency() == weir::rate::priority::normal));
    BOOST_TEST(plain.key().empty());
    const std::array raw{std::byte{0}, std::byte{0xFF}};
    outgoing made = outgoing::binary(raw);
    made.kind(request_kind::order).urgency(weir::rate::priority::urgent).key("a");
    BOOST_TEST((made.type() == weir::ws::message_kind::binary));
    BOOST_TEST(made.payload() == std::string("\0\xFF", 2));
    BOOST_TEST((made.kind() == request_kind::order));
    BOOST_TEST((made.urgency() == weir::rate::priority::urgent));
    BOOST_TEST(made.key() == "a");
}

BOOST_AUTO_TEST_CASE(kinds_that_nobody_priced_cost_one) {
    const auto& costs = weir::ws::usual_costs();
    BOOST_TEST(costs.of(request_kind::subscription) == 5U);
    BOOST_TEST(costs.of(request_kind::authentication) == 10U);
    BOOST_TEST(costs.of(request_kind::order) == 10U);
    BOOST_TEST(costs.of(request_kind::heartbeat) == 1U);
    BOOST_TEST(costs.of(static_cast<request_kind>(150)) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
