// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/headers.hpp>

#include <boost/test/unit_test.hpp>

#include <weir/http/message/error.hpp>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(headers_test)

BOOST_AUTO_TEST_CASE(fields_are_found_without_case_and_keep_their_order) {
    http::headers fields;
    BOOST_TEST(fields.empty());
    BOOST_REQUIRE(fields.add("Host", " example.org\t"));
    BOOST_REQUIRE(fields.add("X-Empty", ""));
    BOOST_REQUIRE(fields.add("host", "second"));
    BOOST_TEST((fields.find("HOST") == std::string_view("example.org")));
    BOOST_TEST((fields.find("x-empty") == std::string_view("")));
    BOOST_TEST(!fields.find("hos").has_value());
    BOOST_TEST(fields.count("hOsT") == 2U);
    BOOST_TEST(fields.size() == 3U);
    BOOST_TEST(fields[2].name() == "host");
    BOOST_TEST(fields[2].value() == "second");
}

BOOST_AUTO_TEST_CASE(lists_are_read_across_fields_and_trimmed) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("Connection", "keep-alive ,, Upgrade"));
    BOOST_REQUIRE(fields.add("connection", "x"));
    BOOST_TEST(fields.has_token("Connection", "upgrade"));
    BOOST_TEST(fields.has_token("Connection", "X"));
    BOOST_TEST(!fields.has_token("Connection", "keep"));
    BOOST_TEST(!fields.has_token("Upgrade", "x"));
    BOOST_TEST(
        (fields.list("CONNECTION") == std::vector<std::string_view>{"keep-alive", "Upgrade", "x"}));
}

BOOST_AUTO_TEST_CASE(what_could_split_a_message_is_refused) {
    http::headers fields;
    for (const std::string& name : {std::string(), std::string("a b"), std::string("a:"),
                                    std::string("a\r\n"), std::string("\xC3\xA9")}) {
        BOOST_TEST((fields.add(name, "x").error() == http::errc::bad_header_name));
    }
    for (const std::string& value :
         {std::string("a\rb"), std::string("a\nb"), std::string("a\0b", 3), std::string("a\x7F")}) {
        BOOST_TEST((fields.add("X", value).error() == http::errc::bad_header_value));
    }
    BOOST_TEST(fields.empty());
    BOOST_TEST(fields.add("X", "tab\tand \xC3\xA9").has_value());
}

BOOST_AUTO_TEST_CASE(setting_a_field_replaces_all_of_its_name) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("ETag", "\"a\""));
    BOOST_REQUIRE(fields.add("X", "1"));
    BOOST_REQUIRE(fields.add("etag", "\"b\""));
    const std::string own(*fields.find("ETag"));
    BOOST_REQUIRE(fields.set("ETAG", "W/" + own));
    BOOST_TEST(fields.size() == 2U);
    BOOST_TEST(*fields.find("etag") == "W/\"a\"");
    BOOST_TEST((fields.set("X", "a\nb").error() == http::errc::bad_header_value));
    BOOST_TEST(*fields.find("X") == "1");
}

BOOST_AUTO_TEST_CASE(a_removed_field_is_gone_wherever_it_stood) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("A", "1"));
    BOOST_REQUIRE(fields.add("B", "2"));
    BOOST_REQUIRE(fields.add("a", "3"));
    fields.remove("a");
    fields.remove("c");
    BOOST_TEST(fields.size() == 1U);
    BOOST_TEST(!fields.find("A").has_value());
    BOOST_TEST(fields[0].value() == "2");
}

BOOST_AUTO_TEST_CASE(a_field_value_cannot_end_its_line) {
    BOOST_TEST(http::is_field_value("text/plain; a=\"\xC3\xA9\"\t"));
    BOOST_TEST(http::is_field_value(""));
    for (const char* text : {"a\r", "a\nb", "\x7f", "\x01"})
        BOOST_TEST(!http::is_field_value(text));
    BOOST_TEST(!http::is_field_value(std::string_view("\0", 1)));
}

BOOST_AUTO_TEST_CASE(cleared_headers_are_empty_and_can_be_filled_again) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("A", "b"));
    fields.clear();
    BOOST_TEST(fields.empty());
    BOOST_TEST(!fields.find("A").has_value());
    BOOST_REQUIRE(fields.add("C", "d"));
    BOOST_TEST((fields.find("c") == std::string_view("d")));
}

BOOST_AUTO_TEST_SUITE_END()
