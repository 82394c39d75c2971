// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/routing/frame_router.hpp>

#include "reading_codec.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>

BOOST_AUTO_TEST_SUITE(frame_router_test)

namespace {

using weir::byte_reader;
using weir::ws::route_outcome;
using weir::ws::route_result;
using namespace std::string_literals;

class counted {
public:
    std::uint32_t sum = 0;
    std::string text;
};

using router = weir::ws::frame_router<counted>;

/// size:u32, payload[size], and nothing else.
route_outcome take_sized(counted& state, byte_reader in) {
    const auto size = in.read_big<std::uint32_t>();
    const auto payload = size ? in.take(*size) : std::nullopt;
    if (!payload || !in.is_empty()) return router::malformed();
    state.sum += *size;
    state.text = weir::as_text(*payload);
    return route_outcome::ok();
}
route_outcome echo(counted&, byte_reader in) {
    return route_outcome::reply(weir::ws::message_kind::binary,
                                std::string(weir::as_text(in.rest())));
}

route_outcome note(counted& state, weir::test::reading taken) {
    state.sum += taken.sequence + static_cast<std::uint32_t>(taken.celsius);
    return route_outcome::ok();
}

router some_routes() {
    router routes;
    routes.on(0x01, take_sized).on(0xFF, echo);
    return routes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_byte_says_who_gets_the_rest) {
    const router routes = some_routes();
    counted state;
    BOOST_TEST((routes
                    .route(state, weir::as_bytes("\x01\x00\x00\x00\x03"
                                                 "abc"s))
                    .result() == route_result::ok));
    BOOST_TEST(state.sum == 3U);
    BOOST_TEST(state.text == "abc");
    BOOST_TEST(routes.route(state, weir::as_bytes("\xFFxyz")).payload() == "xyz");
}

BOOST_AUTO_TEST_CASE(a_first_byte_that_nobody_is_for_is_unknown) {
    const router routes = some_routes();
    counted state;
    for (unsigned first = 0; first < 256; ++first) {
        const std::string message(1, static_cast<char>(first));
        const bool is_routed = first == 0x01 || first == 0xFF;
        BOOST_TEST((routes.route(state, weir::as_bytes(message)).result() !=
                    route_result::unknown) == is_routed);
    }
}

BOOST_AUTO_TEST_CASE(short_and_long_messages_are_malformed_not_cut) {
    const router routes = some_routes();
    counted state;
    const std::string whole = "\x01\x00\x00\x00\x03"s + "abc";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto outcome = routes.route(state, weir::as_bytes(whole).first(size));
        BOOST_TEST((outcome.error() == weir::ws::routing_errc::malformed_frame));
    }
    const auto longer = routes.route(state, weir::as_bytes(whole + "d"));
    BOOST_TEST((longer.error() == weir::ws::routing_errc::malformed_frame));
    const auto huge = routes.route(state, weir::as_bytes("\x01\xFF\xFF\xFF\xFF"s + "abc"));
    BOOST_TEST((huge.error() == weir::ws::routing_errc::malformed_frame));
    BOOST_TEST(state.sum == 0U);
}

BOOST_AUTO_TEST_CASE(a_handler_of_values_gets_what_the_rest_says) {
    router routes;
    routes.on<weir::test::reading, note>(0x10);
    counted state;
    BOOST_TEST((routes.route(state, weir::as_bytes("\x10\x00\x07\x00\x02"s)).result() ==
                route_result::ok));
    BOOST_TEST(state.sum == 9U);
    const auto longer = routes.route(state, weir::as_bytes("\x10\x00\x07\x00\x02!"s));
    BOOST_TEST((longer.result() == route_result::error));
    BOOST_TEST((longer.error() == weir::ws::routing_errc::malformed_frame));
    const auto colder = routes.route(state, weir::as_bytes("\x10\x00\x07\x80\x00"s));
    BOOST_TEST((colder.error() == std::errc::result_out_of_range));
    BOOST_TEST(state.sum == 9U);
}

BOOST_AUTO_TEST_SUITE_END()
