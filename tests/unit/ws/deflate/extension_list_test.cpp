// SPDX-License-Identifier: Apache-2.0
#include "ws/deflate/extension_list.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(extension_list_test)

namespace {

weir::http::headers fields(std::initializer_list<std::string_view> values) {
    weir::http::headers made;
    for (const auto value : values) {
        BOOST_REQUIRE(made.add("Sec-WebSocket-Extensions", value).has_value());
    }
    return made;
}

/// What was understood, written out; "malformed" for nothing.
std::string read(std::initializer_list<std::string_view> values) {
    const auto given = fields(values);
    const auto list = ws::read_extensions(given);
    if (!list) return "malformed";
    std::string text;
    for (const auto& one : *list) {
        text += "[" + std::string(one.name());
        for (const auto& parameter : one.parameters()) {
            text += " " + std::string(parameter.name());
            if (parameter.value()) text += "=" + *parameter.value();
        }
        text += "]";
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(names_and_parameters_are_read_in_order) {
    BOOST_TEST(read({"a"}) == "[a]");
    BOOST_TEST(read({"a; b; c=1 , d;e=f"}) == "[a b c=1][d e=f]");
    BOOST_TEST(read({"a;b=1", "c", "d"}) == "[a b=1][c][d]");
    BOOST_TEST(read({" a \t ;  b  =  1  ,, c "}) == "[a b=1][c]");
}

BOOST_AUTO_TEST_CASE(a_quoted_value_counts_without_its_quotes) {
    BOOST_TEST(read({R"(a; b="10")"}) == "[a b=10]");
    BOOST_TEST(read({R"(a; b="1\0"; c)"}) == "[a b=10 c]");
}

BOOST_AUTO_TEST_CASE(no_field_and_an_empty_one_offer_nothing) {
    BOOST_TEST(read({}) == "");
    BOOST_TEST(read({""}) == "");
    BOOST_TEST(read({" , ,"}) == "");
}

BOOST_AUTO_TEST_CASE(what_breaks_the_grammar_makes_all_of_it_malformed) {
    for (const std::string_view text :
         {";",           "=",         "a;",           "a;;b",     "a; b=",
          "a; =1",       "a b",       "a; b c",       "a; b=1 2", "a; b=\"",
          "\"a\"",       "a; b=\"\"", "a; b=\"x y\"", "a; b=\"1", "a; b=\"1\\",
          "a; b=\"1\"2", "a(b)",      "a; b={1}",     "a/b",      "a, b;",
          "a; \"b\"",    "a; b=1=2",  "\xC3\xA4"}) {
        BOOST_TEST(read({text}) == "malformed", text);
        BOOST_TEST(read({"good", text}) == "malformed", text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
