// SPDX-License-Identifier: Apache-2.0
#include "ws/deflate/inflater.hpp"

#include "deflate_script.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace ws = weir::ws;
using ws::inflater;
using ws::script::deflate_bits;

BOOST_AUTO_TEST_SUITE(inflater_test)

namespace {

/// All that comes out, in pieces of at most `room_bytes`, and how it ended.
inflater::step inflate(inflater& coder, std::string_view data, std::string& out,
                       std::size_t room_bytes = 64) {
    std::array<std::byte, 64> memory{};
    weir::bytes in = weir::as_bytes(data);
    for (;;) {
        weir::mutable_bytes room = weir::mutable_bytes(memory).first(room_bytes);
        const auto step = coder.advance(in, room);
        out += weir::as_text(weir::bytes(memory).first(room_bytes - room.size()));
        if (step != inflater::step::needs_room) return step;
    }
}

/// What a sender leaves out behind a message.
const std::string tail("\0\0\xFF\xFF", 4);

}  // namespace

BOOST_AUTO_TEST_CASE(any_room_gives_the_same_bytes) {
    const std::string data =
        deflate_bits().text("abcd").copy(10, 4).stored("ef").copy(9, 2).message();
    for (std::size_t room = 1; room <= 64; ++room) {
        inflater coder(15);
        std::string out;
        BOOST_TEST((inflate(coder, data, out, room) == inflater::step::needs_input));
        BOOST_TEST(out == "abcdabcdabcdabefefefefefe");
    }
}

BOOST_AUTO_TEST_CASE(one_that_is_made_with_the_history_goes_on_where_the_other_was) {
    inflater first(15);
    std::string out;
    BOOST_TEST(first.history().empty());
    static_cast<void>(inflate(first, deflate_bits().text("abcd").message() + tail, out));
    const auto history = first.history();
    BOOST_TEST(weir::as_text(history.view()) == "abcd");
    BOOST_TEST(history.capacity() == 4U);
    inflater second(15, history.view());
    static_cast<void>(inflate(second, deflate_bits().copy(8, 4).message() + tail, out));
    BOOST_TEST(out == "abcdabcdabcd");
    BOOST_TEST(weir::as_text(second.history().view()) == "abcdabcdabcd");
}

BOOST_AUTO_TEST_CASE(a_history_is_no_longer_than_the_window) {
    inflater coder(9);
    std::string out;
    for (const char c : {'a', 'b', 'c'}) {
        const std::string block = deflate_bits().stored(std::string(300, c)).message() + tail;
        static_cast<void>(inflate(coder, block, out));
    }
    const auto history = coder.history();
    BOOST_TEST(weir::as_text(history.view()) == out.substr(out.size() - 512));
    coder.forget();
    BOOST_TEST(coder.history().empty());
}

BOOST_AUTO_TEST_CASE(a_full_room_is_told_even_when_nothing_is_left_to_read) {
    inflater coder(15);
    const std::string data = deflate_bits().text("a").copy(10, 1).message();
    std::array<std::byte, 2> memory{};
    weir::bytes in = weir::as_bytes(data);
    weir::mutable_bytes room(memory);
    BOOST_TEST((coder.advance(in, room) == inflater::step::needs_room));
    BOOST_TEST(room.empty());
}

BOOST_AUTO_TEST_CASE(it_knows_whether_it_stands_between_blocks) {
    inflater coder(15);
    std::string out;
    BOOST_TEST(coder.is_between_blocks());
    const std::string block = deflate_bits().stored("weir").as_it_is();
    inflate(coder, block.substr(0, 3), out);
    BOOST_TEST(!coder.is_between_blocks());
    inflate(coder, block.substr(3), out);
    BOOST_TEST(coder.is_between_blocks());
    inflate(coder, deflate_bits().message(), out);  // the begin of a block
    BOOST_TEST(!coder.is_between_blocks());
    inflate(coder, std::string_view("\x00\x00\xFF\xFF", 4), out);
    BOOST_TEST(coder.is_between_blocks());
    inflate(coder, deflate_bits().text("final", true).as_it_is(), out);
    BOOST_TEST(coder.is_between_blocks());
    BOOST_TEST(out == "weirfinal");
}

BOOST_AUTO_TEST_CASE(what_is_not_deflate_is_broken) {
    inflater coder(15);
    std::string out;
    BOOST_TEST((inflate(coder, "\x07", out) == inflater::step::broken));
    coder.forget();
    BOOST_TEST(
        (inflate(coder, deflate_bits().text("ok").message(), out) == inflater::step::needs_input));
    BOOST_TEST(out == "ok");
}

BOOST_AUTO_TEST_CASE(a_flood_of_final_blocks_is_read_in_linear_time) {
    inflater coder(15);
    std::string data;
    for (int i = 0; i < 100'000; ++i) data += deflate_bits().text("", true).as_it_is();
    std::string out;
    BOOST_TEST((inflate(coder, data, out) == inflater::step::needs_input));
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_SUITE_END()
