// SPDX-License-Identifier: Apache-2.0
#include "http/message/field_list.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <vector>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(field_list_test)

namespace {

std::vector<std::string_view> elements(const http::headers& of) {
    std::vector<std::string_view> found;
    http::field_list list(of, "list");
    while (const auto element = list.next()) found.push_back(*element);
    return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(elements_come_in_order_over_all_fields_and_empty_ones_do_not) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("List", ", a ,,b;q=1\t,"));
    BOOST_REQUIRE(fields.add("Other", "x"));
    BOOST_REQUIRE(fields.add("Empty", ""));
    BOOST_REQUIRE(fields.add("LIST", "c"));
    BOOST_TEST((elements(fields) == std::vector<std::string_view>{"a", "b;q=1", "c"}));
}

BOOST_AUTO_TEST_CASE(a_comma_within_quotes_divides_nothing) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("List", R"(a="1,\"2,", b)"));
    BOOST_TEST((elements(fields) == std::vector<std::string_view>{R"(a="1,\"2,")", "b"}));
}

BOOST_AUTO_TEST_CASE(a_quote_that_never_ends_takes_the_rest_of_its_field_only) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("List", R"(a, "b, c)"));
    BOOST_REQUIRE(fields.add("List", R"("\)"));
    BOOST_REQUIRE(fields.add("List", "d"));
    BOOST_TEST((elements(fields) == std::vector<std::string_view>{"a", "\"b, c", "\"\\", "d"}));
}

BOOST_AUTO_TEST_CASE(a_quote_hides_nothing_in_a_field_that_has_no_quoted_strings) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("List", "\"a, b\\,c"));
    http::field_list list(fields, "list", http::quoting::none);
    BOOST_TEST((list.next() == std::string_view("\"a")));
    BOOST_TEST((list.next() == std::string_view("b\\")));
    BOOST_TEST((list.next() == std::string_view("c")));
}

BOOST_AUTO_TEST_SUITE_END()
