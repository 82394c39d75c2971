// SPDX-License-Identifier: Apache-2.0
// What an outcome says; that it is sent is tested with connections (message_path_test).
#include <weir/ws/routing/route_outcome.hpp>

#include "reading_codec.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(route_outcome_test)

namespace {

using weir::ws::message_kind;
using weir::ws::route_outcome;
using weir::ws::route_result;

}  // namespace

BOOST_AUTO_TEST_CASE(each_result_says_what_it_is) {
    BOOST_TEST((route_outcome::ok().result() == route_result::ok));
    BOOST_TEST((route_outcome::unknown().result() == route_result::unknown));
    const auto refused = route_outcome::error(std::make_error_code(std::errc::bad_message));
    BOOST_TEST((refused.result() == route_result::error));
    BOOST_TEST((refused.error() == std::errc::bad_message));
    const auto broken = route_outcome::invalid_json(std::make_error_code(std::errc::bad_message));
    BOOST_TEST((broken.result() == route_result::invalid_json));
    BOOST_TEST((broken.error() == std::errc::bad_message));
    for (const auto& silent : {route_outcome::ok(), refused, broken, route_outcome::unknown()}) {
        BOOST_TEST(!silent.has_answer());
    }
}

BOOST_AUTO_TEST_CASE(a_constant_answer_is_shared_and_another_one_is_its_own) {
    const weir::ws::prepared_message pong(message_kind::text, weir::as_bytes("pong"));
    const auto constant = route_outcome::reply(pong);
    BOOST_TEST((constant.result() == route_result::reply));
    BOOST_TEST(constant.constant() == &pong);
    BOOST_TEST(constant.has_answer());
    const auto own = route_outcome::reply(message_kind::binary, std::string(2, '\0'));
    BOOST_TEST((own.result() == route_result::reply));
    BOOST_TEST(own.constant() == nullptr);
    BOOST_TEST(own.payload().size() == 2U);
    BOOST_TEST((own.kind() == message_kind::binary));
    BOOST_TEST(route_outcome::reply(message_kind::text, "").has_answer(), "an empty one counts");
}

BOOST_AUTO_TEST_CASE(every_result_may_have_an_answer) {
    const weir::ws::prepared_message sorry(message_kind::text, weir::as_bytes("sorry"));
    const auto answered = route_outcome::unknown().saying(&sorry);
    BOOST_TEST((answered.result() == route_result::unknown));
    BOOST_TEST(answered.constant() == &sorry);
    BOOST_TEST(!route_outcome::unknown().saying(nullptr).has_answer());
}

BOOST_AUTO_TEST_CASE(further_answers_stand_behind_the_first_in_their_order) {
    const auto outcome = route_outcome::reply(message_kind::text, "one")
                             .and_reply(message_kind::binary, "two")
                             .and_reply(message_kind::text, "");
    BOOST_TEST((outcome.result() == route_result::reply));
    BOOST_TEST(outcome.payload() == "one");
    BOOST_REQUIRE(outcome.further().size() == 2U);
    BOOST_TEST(outcome.further()[0].payload == "two");
    BOOST_TEST((outcome.further()[0].kind == message_kind::binary));
    BOOST_TEST(outcome.further()[1].payload == "");
    const auto alone = route_outcome::ok().and_reply(message_kind::text, "news");
    BOOST_TEST(alone.has_answer());
    BOOST_TEST(!alone.has_payload());
}

BOOST_AUTO_TEST_CASE(a_close_says_how_and_may_have_answers) {
    const auto outcome = route_outcome::close(weir::ws::close_code::policy_violation, "log in")
                             .and_reply(message_kind::text, "bye");
    BOOST_TEST((outcome.result() == route_result::close));
    BOOST_TEST((outcome.code() == weir::ws::close_code::policy_violation));
    BOOST_TEST(outcome.reason() == "log in");
    BOOST_TEST(outcome.has_answer());
    BOOST_TEST(!route_outcome::close(weir::ws::close_code::normal).has_answer());
}

BOOST_AUTO_TEST_CASE(an_answer_may_be_a_value) {
    const auto outcome =
        route_outcome::reply(weir::test::question("a")).and_reply(weir::test::reading(1, 2));
    BOOST_TEST((outcome.kind() == message_kind::text));
    BOOST_TEST(outcome.payload() == R"({"sensor":"a"})");
    BOOST_REQUIRE(outcome.further().size() == 1U);
    BOOST_TEST((outcome.further()[0].kind == message_kind::binary));
    BOOST_TEST(outcome.further()[0].payload.size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
