// SPDX-License-Identifier: Apache-2.0
// ping_ledger: only the pong that repeats a ping's payload answers it.
#include <weir/ws/client/ping_ledger.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(ping_ledger_test)

namespace {

using namespace std::chrono_literals;
using weir::ws::ping_ledger;

const ping_ledger::time_point start{};

}  // namespace

BOOST_AUTO_TEST_CASE(a_pong_tells_how_long_its_ping_took) {
    ping_ledger pings;
    const auto number = pings.begin(start);
    const auto payload = ping_ledger::payload_of(number);
    const auto answer = pings.pong(payload, start + 5ms);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->number == number);
    BOOST_TEST((answer->round_trip == 5ms));
    BOOST_TEST(!pings.pong(payload, start + 6ms));
}

BOOST_AUTO_TEST_CASE(a_pong_that_repeats_nothing_of_ours_answers_nothing) {
    ping_ledger pings(1ULL << 32U);
    static_cast<void>(pings.begin(start));
    BOOST_TEST(!pings.pong({}, start));
    BOOST_TEST(!pings.pong(weir::as_bytes("whatever"), start));
    const auto of_another_connection = ping_ledger::payload_of(1);
    BOOST_TEST(!pings.pong(of_another_connection, start));
    BOOST_TEST(pings.unanswered() == 1U);
}

BOOST_AUTO_TEST_CASE(the_newest_pong_answers_the_pings_before_it) {
    ping_ledger pings;
    for (int i = 0; i < 3; ++i) static_cast<void>(pings.begin(start + i * 1ms));
    const auto second = ping_ledger::payload_of(2);
    const auto answer = pings.pong(second, start + 10ms);
    BOOST_TEST(answer->number == 2U);
    BOOST_TEST((answer->round_trip == 9ms));
    BOOST_TEST(pings.unanswered() == 1U);
}

BOOST_AUTO_TEST_CASE(pings_without_an_answer_are_bounded) {
    ping_ledger pings;
    for (int i = 0; i < 1000; ++i) static_cast<void>(pings.begin(start));
    BOOST_TEST(pings.unanswered() == ping_ledger::max_unanswered);
    const auto first = ping_ledger::payload_of(1);
    BOOST_TEST(!pings.pong(first, start));
}

BOOST_AUTO_TEST_SUITE_END()
