// SPDX-License-Identifier: Apache-2.0
#include <weir/json/error.hpp>
#include <weir/ws/routing/error.hpp>
#include <weir/ws/routing/message_router.hpp>

#include <boost/test/unit_test.hpp>

#include "allocation_count.hpp"
#include "reading_codec.hpp"

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(message_router_test)

namespace {

using weir::named;
using weir::ws::envelope;
using weir::ws::route_outcome;
using weir::ws::route_result;

enum class kind : std::uint8_t { ping, data, shout, refused, forgotten };

constexpr weir::name_table kinds(named("ping", kind::ping), named("data", kind::data),
                                 named("shout", kind::shout), named("refused", kind::refused),
                                 named("forgotten", kind::forgotten));

class seen {
public:
    std::vector<std::string> payloads;
};

using router = weir::ws::message_router<kind, kinds.size(), seen>;

route_outcome take_data(seen& state, const envelope& message) {
    state.payloads.emplace_back(message.payload());
    return route_outcome::ok();
}
route_outcome shout(seen&, const envelope& message) {
    return route_outcome::reply(weir::ws::message_kind::text, std::string(message.payload()) + '!');
}
route_outcome refuse(seen&, const envelope&) {
    return route_outcome::error(std::make_error_code(std::errc::permission_denied));
}

router some_routes() {
    router routes(kinds);
    routes.reply(kind::ping, R"({"type":"pong"})");
    routes.on(kind::data, take_data).on(kind::shout, shout).on(kind::refused, refuse);
    return routes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_constant_answer_was_encoded_before_it_is_asked_for) {
    const router routes = some_routes();
    seen state;
    const auto first = routes.route(state, R"({"type":"ping"})");
    const auto second = routes.route(state, R"({"n":[1,2],"type":"ping"})");
    BOOST_TEST((first.result() == route_result::reply));
    BOOST_REQUIRE(first.constant() != nullptr);
    BOOST_TEST(first.constant() == second.constant());
    BOOST_TEST(weir::as_text(first.constant()->payload()) == R"({"type":"pong"})");
    BOOST_TEST(first.constant()->frame().view().size() == 2 + 15U);
}

BOOST_AUTO_TEST_CASE(a_message_goes_to_the_handler_of_its_type) {
    const router routes = some_routes();
    seen state;
    BOOST_TEST(
        (routes.route(state, R"({"type":"data","payload":[1]})").result() == route_result::ok));
    BOOST_TEST(
        (routes.route(state, R"({"type":"d\u0061ta","payload":2})").result() == route_result::ok));
    BOOST_TEST(state.payloads == (std::vector<std::string>{"[1]", "2"}),
               boost::test_tools::per_element());
    const auto answer = routes.route(state, R"({"type":"shout","payload":"a"})");
    BOOST_TEST(answer.payload() == "\"a\"!");
    const auto refused = routes.route(state, R"({"type":"refused"})");
    BOOST_TEST((refused.result() == route_result::error));
    BOOST_TEST((refused.error() == std::errc::permission_denied));
}

BOOST_AUTO_TEST_CASE(what_nobody_is_for_is_unknown) {
    router routes = some_routes();
    seen state;
    for (const char* text : {R"({"type":"other"})", R"({"type":""})", R"({"type":"Ping"})",
                             R"({"type":"forgotten"})"}) {
        const auto outcome = routes.route(state, text);
        BOOST_TEST((outcome.result() == route_result::unknown), text);
        BOOST_TEST(!outcome.has_answer());
    }
    routes.reply_to_unknown("what?");
    const auto answered = routes.route(state, R"({"type":"other"})");
    BOOST_REQUIRE(answered.constant() != nullptr);
    BOOST_TEST(weir::as_text(answered.constant()->payload()) == "what?");
    BOOST_TEST(routes.route(state, R"({"type":"forgotten"})").has_answer());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_invalid_json) {
    router routes = some_routes();
    routes.reply_to_invalid("no");
    seen state;
    const auto broken = routes.route(state, R"({"type":"ping")");
    BOOST_TEST((broken.result() == route_result::invalid_json));
    BOOST_TEST((broken.error() == weir::json::errc::cut_off));
    BOOST_REQUIRE(broken.constant() != nullptr);
    BOOST_TEST(weir::as_text(broken.constant()->payload()) == "no");
    const auto untyped = routes.route(state, "{}");
    BOOST_TEST((untyped.result() == route_result::invalid_json));
    BOOST_TEST((untyped.error() == weir::ws::routing_errc::no_type));
    const auto batch = routes.route(state, R"({"batch":[{"type":"ping"}]})");
    BOOST_TEST((batch.result() == route_result::invalid_json));
}

BOOST_AUTO_TEST_CASE(a_batch_is_routed_message_by_message) {
    const router routes = some_routes();
    seen state;
    std::vector<route_result> results;
    const auto note = [&results](const route_outcome& each) { results.push_back(each.result()); };
    routes.route_all(
        state, R"({"batch":[{"type":"ping"},{"type":"data","payload":7},{"type":"x"}]})", note);
    routes.route_all(state, R"({"type":"data","payload":8})", note);
    routes.route_all(state, "[", note);
    using enum route_result;
    BOOST_TEST((results == std::vector<route_result>{reply, ok, unknown, ok, invalid_json}));
    BOOST_TEST(state.payloads == (std::vector<std::string>{"7", "8"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_kind_of_a_message_is_told_for_those_who_group_them) {
    const router routes = some_routes();
    const std::string text = R"({"batch":[{"type":"ping"},{"type":"d\u0061ta"},{"type":"x"}]})";
    const auto list = routes.read(text);
    BOOST_REQUIRE(list.has_value());
    BOOST_TEST((routes.kind_of(list->all()[0]) == kind::ping));
    BOOST_TEST((routes.kind_of(list->all()[1]) == kind::data));
    BOOST_TEST(!routes.kind_of(list->all()[2]).has_value());
}

BOOST_AUTO_TEST_CASE(routing_takes_nothing_from_the_heap) {
    const router routes = some_routes();
    seen state;
    const weir::test::allocation_count count;
    for (int i = 0; i < 100; ++i) {
        if (!routes.route(state, R"({"type":"ping"})").has_answer()) BOOST_FAIL("a pong is due");
        if (routes.route(state, R"({"type":"none"})").has_answer()) BOOST_FAIL("nobody asked");
    }
    BOOST_TEST(count.value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_handler_of_values_gets_what_the_payload_says) {
    router routes = some_routes();
    routes.reply_to_invalid("no");
    routes.on<weir::test::question>(kind::data, [](seen& state, weir::test::question asked) {
        state.payloads.push_back(asked.sensor);
        return route_outcome::reply(asked);
    });
    const router copy = routes;
    seen state;
    const auto heard = copy.route(state, R"({"type":"data","payload":{"sensor":"roof"}})");
    BOOST_TEST((heard.result() == route_result::reply));
    BOOST_TEST(heard.payload() == R"({"sensor":"roof"})");
    BOOST_TEST(state.payloads == std::vector<std::string>{"roof"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_payload_that_its_codec_refuses_is_as_what_cannot_be_read) {
    router routes = some_routes();
    routes.on<weir::test::question>(kind::data, [](seen& state, weir::test::question asked) {
        state.payloads.push_back(asked.sensor);
        return route_outcome::ok();
    });
    seen state;
    const auto unanswered = routes.route(state, R"({"type":"data","payload":{}})");
    BOOST_TEST((unanswered.result() == route_result::invalid_json));
    BOOST_TEST((unanswered.error() == std::errc::invalid_argument));
    BOOST_TEST(!unanswered.has_answer());
    routes.reply_to_invalid("no");
    const auto missing = routes.route(state, R"({"type":"data"})");
    BOOST_TEST((missing.error() == weir::json::errc::cut_off));
    BOOST_REQUIRE(missing.constant() != nullptr);
    BOOST_TEST(weir::as_text(missing.constant()->payload()) == "no");
    BOOST_TEST(state.payloads.empty());
}

BOOST_AUTO_TEST_SUITE_END()
