// SPDX-License-Identifier: Apache-2.0
#include "ws/protocol/wslay_judge.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(wslay_judge_test)

namespace {

ws::frame_header header_of(ws::opcode code, std::uint64_t length, bool is_final = true) {
    ws::frame_header header;
    header.code = code;
    header.length = length;
    header.is_final = is_final;
    return header;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_fragmented_message_with_a_ping_inside_passes) {
    const auto judge = ws::wslay_judge::take();
    BOOST_TEST(!judge->header(header_of(ws::opcode::text, 2, false)));
    BOOST_TEST(!judge->payload(weir::as_bytes("ab")));
    BOOST_TEST(!judge->saw_message_end());
    BOOST_TEST(!judge->control(header_of(ws::opcode::ping, 1), weir::as_bytes("p")));
    BOOST_TEST(!judge->header(header_of(ws::opcode::continuation, 1)));
    BOOST_TEST(!judge->payload(weir::as_bytes("c")));
    BOOST_TEST(judge->saw_message_end());
}

BOOST_AUTO_TEST_CASE(a_judge_is_kept_for_reuse_only_between_messages) {
    auto judge = ws::wslay_judge::take();
    const ws::wslay_judge* const first = judge.get();
    BOOST_TEST(!judge->control(header_of(ws::opcode::ping, 0), {}));
    judge.reset();
    judge = ws::wslay_judge::take();
    BOOST_TEST(judge.get() == first);
    // Back to a neutral judge after a whole fragmented message, but not in the middle of one.
    BOOST_TEST(!judge->header(header_of(ws::opcode::text, 0, false)));
    BOOST_TEST(!judge->header(header_of(ws::opcode::continuation, 0)));
    judge.reset();
    judge = ws::wslay_judge::take();
    BOOST_TEST(judge.get() == first);
    BOOST_TEST(!judge->header(header_of(ws::opcode::text, 0, false)));
    judge.reset();
    judge = ws::wslay_judge::take();
    BOOST_TEST(
        (judge->header(header_of(ws::opcode::continuation, 0)) == ws::close_code::protocol_error));
}

BOOST_AUTO_TEST_CASE(a_thousand_pings_leave_no_queue_behind) {
    const auto judge = ws::wslay_judge::take();
    for (int i = 0; i < 1000; ++i) {
        BOOST_REQUIRE(!judge->control(header_of(ws::opcode::ping, 4), weir::as_bytes("ping")));
        BOOST_REQUIRE(judge->saw_message_end());
    }
}

BOOST_AUTO_TEST_CASE(close_codes_younger_than_wslay_pass) {
    for (const char last : {'\xF4', '\xF5', '\xF6'}) {
        const std::string payload{'\x03', last};
        const auto judge = ws::wslay_judge::take();
        BOOST_TEST(!judge->control(header_of(ws::opcode::close, 2), weir::as_bytes(payload)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
