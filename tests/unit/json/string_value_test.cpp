// SPDX-License-Identifier: Apache-2.0
#include <weir/json/scanner.hpp>
#include <weir/json/string_value.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(string_value_test)

namespace {

using weir::json::string_value;
using namespace std::string_literals;

std::string meant(std::string_view text) {
    weir::json::scanner in(text);
    const auto value = in.string();
    BOOST_REQUIRE(value.has_value());
    BOOST_REQUIRE(in.finish());
    return value->text();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_plain_string_is_what_stands_there) {
    BOOST_TEST(meant(R"("Gr\u00fc\u00DF Gott")") == "Gr\xC3\xBC\xC3\x9F Gott");
    BOOST_TEST(meant(R"("plain")") == "plain");
    BOOST_TEST(meant(R"("")").empty());
}

BOOST_AUTO_TEST_CASE(every_escape_has_its_meaning) {
    BOOST_TEST(meant(R"("\"\\\/\b\f\n\r\t!")") == "\"\\/\b\f\n\r\t!");
    BOOST_TEST(meant(R"("a\u0000b")") == "a\0b"s);
}

BOOST_AUTO_TEST_CASE(code_points_of_each_length_become_utf8) {
    BOOST_TEST(meant(R"("\u007F")") == "\x7F");
    BOOST_TEST(meant(R"("\u0080")") == "\xC2\x80");
    BOOST_TEST(meant(R"("\u07ff")") == "\xDF\xBF");
    BOOST_TEST(meant(R"("\u0800")") == "\xE0\xA0\x80");
    BOOST_TEST(meant(R"("\uFFFF")") == "\xEF\xBF\xBF");
    BOOST_TEST(meant(R"("\uD800\uDC00")") == "\xF0\x90\x80\x80");
    BOOST_TEST(meant(R"("\ud83c\udf89x")") == "\xF0\x9F\x8E\x89x");
    BOOST_TEST(meant(R"("\uDBFF\uDFFF")") == "\xF4\x8F\xBF\xBF");
}

BOOST_AUTO_TEST_CASE(strings_compare_as_what_they_mean) {
    BOOST_TEST((string_value("ping", false) == "ping"));
    BOOST_TEST((string_value(R"(p\u0069ng)", true) == "ping"));
    BOOST_TEST(!(string_value(R"(p\u0069ng)", true) == R"(p\u0069ng)"));
    BOOST_TEST(!(string_value("pong", false) == "ping"));
    BOOST_TEST((string_value() == ""));
}

BOOST_AUTO_TEST_SUITE_END()
