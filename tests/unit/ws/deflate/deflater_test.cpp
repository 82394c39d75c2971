// SPDX-License-Identifier: Apache-2.0
#include "ws/deflate/deflater.hpp"

#include "deflate_script.hpp"
#include "ws/deflate/inflater.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <string>
#include <string_view>
#include <vector>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(deflater_test)

namespace {

std::string compressed(ws::deflater& coder, std::string_view text, int level = 6) {
    const ws::message_buffer small = coder.compress(weir::as_bytes(text), level);
    return std::string(weir::as_text(small.view()));
}

const std::string text = "a text, a text, a text that repeats itself, itself, itself";

std::size_t heap_in_use() {
    const auto state = ::mallinfo2();
    return state.uordblks + state.hblkhd;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_message_ends_without_the_tail_that_a_flush_writes) {
    ws::deflater coder(15, 6);
    const std::string first = compressed(coder, text);
    BOOST_TEST(!first.empty());
    BOOST_TEST(!first.ends_with(std::string_view("\x00\x00\xFF\xFF", 4)));
}

BOOST_AUTO_TEST_CASE(what_was_forgotten_is_not_referred_to) {
    ws::deflater coder(15, 6);
    const std::string first = compressed(coder, text);
    BOOST_TEST(compressed(coder, text).size() < first.size());
    coder.forget();
    BOOST_TEST(compressed(coder, text) == first);
}

BOOST_AUTO_TEST_CASE(a_message_that_does_not_shrink_is_given_up_and_forgotten) {
    ws::deflater coder(15, 6);
    const std::string first = compressed(coder, text);
    BOOST_TEST(compressed(coder, "qjx").empty());
    BOOST_TEST(compressed(coder, text) == first);
}

BOOST_AUTO_TEST_CASE(a_large_message_that_does_not_shrink_at_its_begin_is_given_up_early) {
    ws::deflater coder(15, 6);
    std::string noise(std::size_t{160} << 10U, ' ');
    weir::random random(5);
    for (char& c : noise) c = static_cast<char>(random.below(256));
    const std::string zeros(std::size_t{4} << 20U, '\0');
    BOOST_TEST(compressed(coder, noise + zeros).empty());
    BOOST_TEST(!compressed(coder, noise.substr(0, 60'000) + zeros).empty());
    for (char& c : noise) c = static_cast<char>('a' + (static_cast<unsigned char>(c) & 15U));
    BOOST_TEST(!compressed(coder, noise + noise).empty());  // half of each byte is information
}

BOOST_AUTO_TEST_CASE(the_level_may_change_between_messages) {
    ws::deflater coder(15, 1);
    std::string long_text;
    for (int i = 0; i < 2000; ++i) long_text += std::to_string(i * i % 977) + ",";
    const auto fast = compressed(coder, long_text, 1);
    coder.forget();
    const auto small = compressed(coder, long_text, 9);
    BOOST_TEST(small.size() < fast.size());
    ws::deflater other(15, 9);
    BOOST_TEST((small == compressed(other, long_text, 9)));
    coder.forget();
    BOOST_TEST((compressed(coder, long_text, 1) == fast));
}

BOOST_AUTO_TEST_CASE(a_coder_takes_no_more_than_it_says) {
    for (int bits = 9; bits <= 15; ++bits) {
        const std::size_t before = heap_in_use();
        ws::deflater coder(bits, 6);
        static_cast<void>(compressed(coder, std::string(20'000, 'x')));
        const std::size_t taken = heap_in_use() - before;
        BOOST_TEST(taken <= ws::deflater::cost(bits) + 512, "deflater of " << bits);
    }
    for (int bits = 9; bits <= 15; ++bits) {
        std::vector<std::byte> memory(100'000);
        const std::size_t before = heap_in_use();
        ws::inflater coder(bits);
        const std::string data = ws::script::deflate_bits().text("weir").copy(8, 4).message();
        weir::bytes in = weir::as_bytes(data);
        weir::mutable_bytes out(memory);
        BOOST_TEST((coder.advance(in, out) == ws::inflater::step::needs_input));
        const std::size_t taken = heap_in_use() - before;
        BOOST_TEST(taken <= ws::inflater::cost(bits) + 512, "inflater of " << bits);
    }
}

BOOST_AUTO_TEST_SUITE_END()
