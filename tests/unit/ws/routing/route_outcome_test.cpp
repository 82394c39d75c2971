// SPDX-License-Identifier: Apache-2.0
// What an outcome says; that it is sent is tested with connections (message_path_test).
#include <weir/ws/routing/route_outcome.hpp>

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

BOOST_AUTO_TEST_SUITE_END()
