// SPDX-License-Identifier: Apache-2.0
// json_text: whatever is told, JSON comes out.
#include "trace/json_text.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(json_text_test)

namespace {

template <class T>
std::string json(T value) {
    std::string text;
    weir::trace::append_json(text, value);
    return text;
}
std::string json_of(std::string_view text) { return json(text); }

}  // namespace

BOOST_AUTO_TEST_CASE(what_would_end_a_text_is_escaped) {
    BOOST_TEST(json_of("a\"b\\c") == R"("a\"b\\c")");
    BOOST_TEST(json_of(std::string_view("\n\x00\x1f", 3)) == R"("\u000a\u0000\u001f")");
    BOOST_TEST(json_of("\x7f/") == "\"\x7f/\"");
}

BOOST_AUTO_TEST_CASE(characters_of_every_length_stay_as_they_are) {
    for (const char* text : {"\u00e9", "\u20ac", "\uffff", "\U0001f600", "\U0010ffff"}) {
        BOOST_TEST(json_of(text) == '"' + std::string(text) + '"');
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_utf8_is_replaced) {
    BOOST_TEST(json_of("a\xff"
                       "b") == R"("a\ufffdb")");
    BOOST_TEST(json_of("\xc3") == R"("\ufffd")");            // cut off
    BOOST_TEST(json_of("\xc0\xaf") == R"("\ufffd\ufffd")");  // longer than needed
    BOOST_TEST(json_of("\xe0\x9f\xbf") == R"("\ufffd\ufffd\ufffd")");
    BOOST_TEST(json_of("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");  // a surrogate
    BOOST_TEST(json_of("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
    BOOST_TEST(json_of("\xe2\x82(") == R"("\ufffd\ufffd(")");
}

BOOST_AUTO_TEST_CASE(numbers_are_written_as_protocol_buffers_do) {
    BOOST_TEST(json(0.5) == "0.5");
    BOOST_TEST(json(3.0) == "3");
    BOOST_TEST(json(-1e300) == "-1e+300");
    BOOST_TEST(json(std::numeric_limits<double>::quiet_NaN()) == "\"NaN\"");
    BOOST_TEST(json(std::numeric_limits<double>::infinity()) == "\"Infinity\"");
    BOOST_TEST(json(-std::numeric_limits<double>::infinity()) == "\"-Infinity\"");
    BOOST_TEST(json(std::numeric_limits<std::int64_t>::min()) == "\"-9223372036854775808\"");
    BOOST_TEST(json(std::numeric_limits<std::uint64_t>::max()) == "\"18446744073709551615\"");
}

BOOST_AUTO_TEST_SUITE_END()
