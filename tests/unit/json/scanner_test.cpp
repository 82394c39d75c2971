// SPDX-License-Identifier: Apache-2.0
#include <weir/json/scanner.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(scanner_test)

namespace {

using weir::json::errc;
using weir::json::limits;
using weir::json::scanner;
using weir::json::value_type;
using namespace std::string_literals;

/// What a scanner says of a text as a whole.
std::error_code verdict(std::string_view text, const limits& with = {}) {
    scanner in(text, with);
    in.skip();
    static_cast<void>(in.finish());
    return in.error();
}
bool is_json(std::string_view text) { return !verdict(text); }

/// Walks by hand, where `skip` would pass over.
void walk(scanner& in) {
    switch (in.next_type()) {
        case value_type::object:
            if (!in.enter_object()) return;
            while (in.next_member()) walk(in);
            return;
        case value_type::array:
            if (!in.enter_array()) return;
            while (in.next_element()) walk(in);
            return;
        case value_type::string:
            static_cast<void>(in.string());
            return;
        default:
            in.skip();
    }
}
std::error_code verdict_of_walk(std::string_view text, const limits& with = {}) {
    scanner in(text, with);
    walk(in);
    static_cast<void>(in.finish());
    return in.error();
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }
std::string object_with(std::size_t keys) {
    std::string text = "{";
    for (std::size_t i = 0; i < keys; ++i) {
        text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
    }
    return text + '}';
}

const std::vector<std::string>& good_texts() {
    static const std::vector<std::string> all = {
        "{}",
        "[]",
        " [ ] ",
        "{ }",
        "0",
        "-0",
        "1",
        "-1",
        "10",
        "0.5",
        "-0.5e10",
        "1E+2",
        "1e-2",
        "123.456e789",
        "true",
        "false",
        "null",
        "\"\"",
        "\"a\"",
        "\t\r\n 1 \t\r\n",
        "[1]",
        "[1,2,3]",
        "[1 , 2]",
        "[[],{}]",
        R"({"a":1})",
        R"({"a":1,"b":[true,false,null]})",
        R"({"":0})",
        R"({"a":{"b":{"c":[]}}})",
        R"(["\"\\\/\b\f\n\r\t\u0000\uFFFF"])",
        R"(["\uD83C\uDF89"])",
        R"({"a":1,"a":2})",
        "\"\x7F\"",
        "\"Gr\xC3\xBC\xC3\x9F\"",
        R"({ "a" : [ { } , [ ] , "x" , -1.5e+3 ] , "b" : { "c" : null } })",
        "[\"" + std::string(100, 'x') + "\"]",
    };
    return all;
}

using refusals = std::vector<std::pair<std::string, errc>>;

refusals bad_structures() {
    using enum errc;
    return {
        {"", cut_off},
        {" ", cut_off},
        {"[", cut_off},
        {"{", cut_off},
        {"]", unexpected_character},
        {"}", unexpected_character},
        {"[1", cut_off},
        {"[1,", cut_off},
        {"[1,]", unexpected_character},
        {"[,1]", unexpected_character},
        {"[1 2]", unexpected_character},
        {"[1}", unexpected_character},
        {"{]", unexpected_character},
        {R"({"a")", cut_off},
        {R"({"a":)", cut_off},
        {R"({"a":})", unexpected_character},
        {R"({"a" 1})", unexpected_character},
        {R"({"a":1,})", unexpected_character},
        {R"({,"a":1})", unexpected_character},
        {R"({a:1})", unexpected_character},
        {R"({1:1})", unexpected_character},
        {R"({"a":1 "b":2})", unexpected_character},
        {R"({"a":1]})", unexpected_character},
        {"[] []", unexpected_character},
        {"1 2", unexpected_character},
        {"{}x", unexpected_character},
    };
}
refusals bad_strings() {
    using enum errc;
    return {
        {"\"a", cut_off},
        {"\"", cut_off},
        {"\"\\", cut_off},
        {"\"\\\"", cut_off},
        {R"("\x")", bad_escape},
        {R"("\u12")", bad_escape},
        {R"("\u12G4")", bad_escape},
        {R"("\u)", cut_off},
        {R"("\u123)", cut_off},
        {R"("\uD800")", bad_escape},
        {R"("\uDC00")", bad_escape},
        {R"("\uD800x")", bad_escape},
        {R"("\uD800\n")", bad_escape},
        {R"("\uD800\u0041")", bad_escape},
        {R"("\uD800)", cut_off},
        {R"("\uD800\)", cut_off},
        {"\"\\" + "\0\""s, bad_escape},
        {"\"a\nb\"", bad_string},
        {"\"\x1F\"", bad_string},
        {"\"a\0b\""s, bad_string},
    };
}
refusals bad_numbers_and_words() {
    using enum errc;
    return {
        {"'a'", unexpected_character},
        {"-", cut_off},
        {"+1", unexpected_character},
        {".5", unexpected_character},
        {"01", bad_number},
        {"-01", bad_number},
        {"00", bad_number},
        {"1.", cut_off},
        {"[1.]", bad_number},
        {"[1.e1]", bad_number},
        {"[-]", bad_number},
        {"[-a]", bad_number},
        {"1e", cut_off},
        {"[1e]", bad_number},
        {"[1e+]", bad_number},
        {"1e+", cut_off},
        {"0x1", unexpected_character},
        {"1a", unexpected_character},
        {"[1.5.5]", unexpected_character},
        {"NaN", unexpected_character},
        {"Infinity", unexpected_character},
        {"-Infinity", bad_number},
        {"tru", cut_off},
        {"trux", unexpected_character},
        {"True", unexpected_character},
        {"nul", cut_off},
        {"nulll", unexpected_character},
        {"fals", cut_off},
        {"\0"s, unexpected_character},
        {"[]\0"s, unexpected_character},
        {"\xEF\xBB\xBF{}", unexpected_character},
        {"/**/1", unexpected_character},
        {"[\v1]", unexpected_character},
        {"\xFF", unexpected_character},
    };
}

/// Texts with the error that each is refused for.
refusals bad_texts() {
    refusals all = bad_structures();
    for (const auto& more : {bad_strings(), bad_numbers_and_words()}) {
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_the_grammar_allows_is_json) {
    for (const std::string& text : good_texts()) {
        BOOST_TEST(is_json(text), text);
        BOOST_TEST(!verdict_of_walk(text), text);
    }
}

BOOST_AUTO_TEST_CASE(what_the_grammar_does_not_allow_is_refused_for_its_reason) {
    for (const auto& [text, why] : bad_texts()) {
        BOOST_TEST((verdict(text) == why), text << ": " << verdict(text).message());
        BOOST_TEST((verdict_of_walk(text) == why), "walked: " << text);
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_cut_anywhere_is_no_json) {
    const std::string whole =
        R"({"type":"data","n":-12.5e+3,"list":[true,null,{"a\u00e9":"\ud83c\udf89"}]})";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // Memory of its own, in which a sanitizer sees a read behind the end.
        const std::vector<char> piece(whole.begin(),
                                      whole.begin() + static_cast<std::ptrdiff_t>(size));
        const std::string_view cut(piece.data(), piece.size());
        BOOST_TEST((verdict(cut) == errc::cut_off), cut);
        BOOST_TEST((verdict_of_walk(cut) == errc::cut_off), cut);
    }
    BOOST_TEST(is_json(whole));
}

BOOST_AUTO_TEST_CASE(a_long_string_is_judged_at_every_place) {
    for (std::size_t at = 0; at < 40; ++at) {
        for (const char wrong : {'\n', '\0', '\x1F'}) {
            std::string text = '"' + std::string(40, 'x') + '"';
            text[at + 1] = wrong;
            BOOST_TEST((verdict(text) == errc::bad_string));
        }
        std::string early = '"' + std::string(40, 'x') + '"';
        early[at + 1] = '"';
        BOOST_TEST((verdict(early) == errc::unexpected_character));
    }
}

BOOST_AUTO_TEST_CASE(depth_is_limited_and_costs_no_stack) {
    BOOST_TEST(is_json(nested(64)));
    BOOST_TEST((verdict(nested(65)) == errc::too_deep));
    BOOST_TEST((verdict(std::string(100'000, '[')) == errc::too_deep));
    BOOST_TEST((verdict_of_walk(nested(65)) == errc::too_deep));
    BOOST_TEST(!verdict("[{}]", limits().max_depth(2)));
    BOOST_TEST((verdict("[[{}]]", limits().max_depth(2)) == errc::too_deep));
    BOOST_TEST((verdict(R"({"a":[[]]})", limits().max_depth(2)) == errc::too_deep));
}

BOOST_AUTO_TEST_CASE(keys_of_all_objects_are_counted_together) {
    BOOST_TEST(is_json(object_with(10'000)));
    BOOST_TEST((verdict(object_with(10'001)) == errc::too_many_keys));
    BOOST_TEST(!verdict(R"({"a":{"b":1}})", limits().max_keys(2)));
    BOOST_TEST((verdict(R"({"a":{"b":1,"c":2}})", limits().max_keys(2)) == errc::too_many_keys));
    BOOST_TEST(
        (verdict(R"([{"a":1},{"b":1},{"c":2}])", limits().max_keys(2)) == errc::too_many_keys));
    BOOST_TEST((verdict_of_walk(R"([{"a":1},{"b":1},{"c":2}])", limits().max_keys(2)) ==
                errc::too_many_keys));
}

BOOST_AUTO_TEST_CASE(members_are_walked_and_what_is_skipped_is_given_as_it_came) {
    const std::string text = R"( {"a": [1, {"b":2}] , "c":"d" ,"e": -1.5e3} )";
    scanner in(text);
    std::string seen;
    BOOST_REQUIRE(in.enter_object());
    while (const auto key = in.next_member()) {
        seen += key->text() + '=';
        seen += in.skip();
        seen += ';';
    }
    BOOST_TEST(in.finish());
    BOOST_TEST(seen == R"(a=[1, {"b":2}];c="d";e=-1.5e3;)");
    BOOST_TEST(in.position() == text.size());
}

BOOST_AUTO_TEST_CASE(views_lie_in_the_text) {
    const std::string text = R"(["abc",12])";
    scanner in(text);
    BOOST_REQUIRE(in.enter_array());
    BOOST_REQUIRE(in.next_element());
    BOOST_TEST(in.string().value().raw().data() == text.data() + 2);
    BOOST_REQUIRE(in.next_element());
    BOOST_TEST(in.skip().data() == text.data() + 7);
    BOOST_TEST(!in.next_element());
    BOOST_TEST(in.finish());
}

BOOST_AUTO_TEST_CASE(the_next_type_is_known_before_it_is_taken) {
    const std::array<std::pair<const char*, value_type>, 10> all = {{
        {"{}", value_type::object},
        {" []", value_type::array},
        {"\"a\"", value_type::string},
        {"7", value_type::number},
        {"-7", value_type::number},
        {"true", value_type::literal},
        {"false", value_type::literal},
        {"null", value_type::literal},
        {"", value_type::none},
        {"x", value_type::none},
    }};
    for (const auto& [text, expected] : all) {
        scanner in{std::string_view(text)};
        BOOST_TEST((in.next_type() == expected), text);
    }
}

BOOST_AUTO_TEST_CASE(a_value_of_another_type_is_an_error) {
    for (const char* text : {"[]", "1", "null", "\"a\""}) {
        scanner in{std::string_view(text)};
        BOOST_TEST(!in.enter_object());
        BOOST_TEST((in.error() == errc::other_type));
    }
    scanner object{std::string_view("{}")};
    BOOST_TEST(!object.enter_array());
    BOOST_TEST((object.error() == errc::other_type));
    scanner number{std::string_view("1")};
    BOOST_TEST(!number.string().has_value());
    BOOST_TEST((number.error() == errc::other_type));
}

BOOST_AUTO_TEST_CASE(after_an_error_nothing_more_is_given) {
    scanner in{std::string_view("[x, 1]")};
    BOOST_REQUIRE(in.enter_array());
    BOOST_REQUIRE(in.next_element());
    BOOST_TEST(in.skip().empty());
    BOOST_TEST(in.has_failed());
    BOOST_TEST((in.next_type() == value_type::none));
    BOOST_TEST(!in.next_element());
    BOOST_TEST(!in.next_member().has_value());
    BOOST_TEST(!in.enter_array());
    BOOST_TEST(!in.enter_object());
    BOOST_TEST(!in.string().has_value());
    BOOST_TEST(in.skip().empty());
    BOOST_TEST(!in.finish());
    BOOST_TEST((in.error() == errc::unexpected_character));
    BOOST_TEST(in.position() == 1U);
}

BOOST_AUTO_TEST_CASE(a_broken_key_ends_a_walk) {
    scanner in{std::string_view(R"({"a":1,"b)")};
    BOOST_REQUIRE(in.enter_object());
    BOOST_REQUIRE(in.next_member().has_value());
    BOOST_TEST(in.skip() == "1");
    BOOST_TEST(!in.next_member().has_value());
    BOOST_TEST((in.error() == errc::cut_off));
}

BOOST_AUTO_TEST_SUITE_END()
