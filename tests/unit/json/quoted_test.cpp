// SPDX-License-Identifier: Apache-2.0
#include <weir/json/quoted.hpp>

#include <weir/json/scanner.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(quoted_test)

namespace {

using weir::json::quoted;
using namespace std::string_literals;

}  // namespace

BOOST_AUTO_TEST_CASE(what_json_gives_a_meaning_is_escaped) {
    BOOST_TEST(quoted("") == R"("")");
    BOOST_TEST(quoted("plain") == R"("plain")");
    BOOST_TEST(quoted(R"(a "b" \c)") == R"("a \"b\" \\c")");
    BOOST_TEST(quoted("\n\x1F\0z"s) == R"("\u000a\u001f\u0000z")");
    BOOST_TEST(quoted("Gr\xC3\xBC\xC3\x9F") == "\"Gr\xC3\xBC\xC3\x9F\"");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf_8_become_replacement_characters) {
    BOOST_TEST(quoted("a\xFFz") == R"("a\ufffdz")");
    BOOST_TEST(quoted("\xC3") == R"("\ufffd")");
    BOOST_TEST(quoted("\xED\xA0\x80") == R"("\ufffd\ufffd\ufffd")", "a surrogate");
    BOOST_TEST(quoted("\xC0\xAF") == R"("\ufffd\ufffd")", "longer than needed");
}

BOOST_AUTO_TEST_CASE(every_text_is_read_back_as_it_was) {
    std::string all;
    for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
    const std::string text = quoted(all);
    weir::json::scanner in(text);
    const auto value = in.string();
    BOOST_REQUIRE(value.has_value());
    BOOST_TEST(in.finish());
    BOOST_TEST((value->text() == all));
}

BOOST_AUTO_TEST_CASE(it_is_appended_to_what_is_there) {
    std::string text = R"({"name":)";
    weir::json::append_quoted(text, "x");
    BOOST_TEST(text == R"({"name":"x")");
}

BOOST_AUTO_TEST_SUITE_END()
