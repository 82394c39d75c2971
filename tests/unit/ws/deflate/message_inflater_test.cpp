// SPDX-License-Identifier: Apache-2.0
// How much comes out before a message is refused; what it means is tested with the session.
#include "ws/deflate/message_inflater.hpp"

#include "deflate_script.hpp"
#include "ws/deflate/deflater.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace ws = weir::ws;
using ws::message_inflater;
using ws::protocol_errc;

BOOST_AUTO_TEST_SUITE(message_inflater_test)

BOOST_AUTO_TEST_CASE(of_a_bomb_no_more_comes_out_than_a_step_beyond_what_any_message_may) {
    const std::string bomb = ws::script::bomb(256);
    BOOST_TEST(bomb.size() < 300'000U);
    const auto limits = ws::limits().max_message_bytes(SIZE_MAX);
    message_inflater subject(nullptr);
    ws::message_buffer out;
    const auto error = subject.feed(weir::as_bytes(bomb), out, limits);
    BOOST_TEST((error == protocol_errc::inflate_ratio_over_limit));
    BOOST_TEST(out.size() <= 3 * ws::limits::min_ratio_bytes);
    BOOST_TEST(out.capacity() <= std::size_t{4} << 20U);
}

BOOST_AUTO_TEST_CASE(no_more_comes_out_than_a_byte_beyond_the_message_limit) {
    const std::string bomb = ws::script::bomb(256);
    const auto limits = ws::limits().max_message_bytes(1'000'000).max_inflate_ratio(2000);
    message_inflater subject(nullptr);
    ws::message_buffer out;
    BOOST_TEST(
        (subject.feed(weir::as_bytes(bomb), out, limits) == protocol_errc::message_over_limit));
    BOOST_TEST(out.size() == 1'000'001U);
}

BOOST_AUTO_TEST_CASE(small_messages_may_have_any_ratio) {
    ws::deflater coder(15, 9);
    const std::string zeros(ws::limits::min_ratio_bytes, '\0');
    const ws::message_buffer small = coder.compress(weir::as_bytes(zeros), 9);
    BOOST_TEST(small.size() < 100U);
    message_inflater subject(nullptr);
    ws::message_buffer out;
    BOOST_TEST(!subject.feed(small.view(), out, ws::limits()).has_value());
    BOOST_TEST(!subject.finish(out, ws::limits()).has_value());
    BOOST_TEST(out.size() == zeros.size());
}

BOOST_AUTO_TEST_CASE(a_bomb_behind_honest_bytes_is_stopped_all_the_same) {
    ws::message_buffer out;
    message_inflater subject(nullptr);
    const auto limits = ws::limits().max_message_bytes(SIZE_MAX);
    const std::string honest(1000, 'h');
    const std::string block = ws::script::deflate_bits().stored(honest).as_it_is();
    for (int i = 0; i < 100; ++i) {
        BOOST_REQUIRE(!subject.feed(weir::as_bytes(block), out, limits).has_value());
    }
    const std::string bomb = ws::script::bomb(256);
    BOOST_TEST((subject.feed(weir::as_bytes(bomb), out, limits) ==
                protocol_errc::inflate_ratio_over_limit));
    BOOST_TEST(out.size() < 12'000'000U);  // a hundred times what came until then
}

BOOST_AUTO_TEST_CASE(the_inflater_goes_back_with_the_end_of_the_message) {
    auto& pool = ws::coder_pool::of_this_thread();
    const std::string whole = ws::script::deflate_bits().text("weir").message();
    message_inflater subject(nullptr);
    ws::message_buffer out;
    const auto idle = pool.held_bytes();
    BOOST_TEST(!subject.feed(weir::as_bytes(whole), out, ws::limits()).has_value());
    BOOST_TEST(subject.taken() == whole.size());
    BOOST_TEST(!subject.finish(out, ws::limits()).has_value());
    BOOST_TEST(weir::as_text(out.view()) == "weir");
    BOOST_TEST(pool.held_bytes() <= idle + ws::inflater::cost(15));
}

BOOST_AUTO_TEST_SUITE_END()
