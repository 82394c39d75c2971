// SPDX-License-Identifier: Apache-2.0
// otlp_json: the pieces of a message.
#include "trace/otlp_json.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(otlp_json_test)

using weir::trace::attribute;
using weir::trace::key_value;

BOOST_AUTO_TEST_CASE(each_kind_of_value_has_its_name) {
    BOOST_TEST(key_value(attribute("a", true), 9) == R"({"key":"a","value":{"boolValue":true}})");
    BOOST_TEST(key_value(attribute("a", -7), 9) == R"({"key":"a","value":{"intValue":"-7"}})");
    BOOST_TEST(key_value(attribute("a", 0.5), 9) == R"({"key":"a","value":{"doubleValue":0.5}})");
    BOOST_TEST(key_value(attribute("a", "b"), 9) == R"({"key":"a","value":{"stringValue":"b"}})");
}

BOOST_AUTO_TEST_CASE(long_texts_are_cut_between_characters) {
    BOOST_TEST(key_value(attribute("a", "bc\u00e9"), 3) ==
               R"({"key":"a","value":{"stringValue":"bc"}})");
}

BOOST_AUTO_TEST_CASE(a_message_says_who_speaks_around_its_items) {
    const weir::trace::otlp_levels levels("resourceSpans", "scopeSpans", "spans");
    BOOST_TEST(weir::trace::message_of(levels, weir::trace::resource_of("shop"),
                                       weir::trace::joined({"{}", "{}"})) ==
               R"({"resourceSpans":[{"resource":{"attributes":[)"
               R"({"key":"service.name","value":{"stringValue":"shop"}}]},)"
               R"("scopeSpans":[{"scope":{"name":"weir"},"spans":[{},{}]}]}]})");
}

BOOST_AUTO_TEST_SUITE_END()
