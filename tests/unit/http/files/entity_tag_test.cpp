// SPDX-License-Identifier: Apache-2.0
#include <weir/http/files/entity_tag.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(entity_tag_test)

namespace {

http::entity_tag tag(std::string_view text) { return http::entity_tag::parse(text).value(); }

std::vector<std::string> all_of(std::string_view list) {
    std::vector<std::string> found;
    while (const auto each = http::entity_tag::take(list)) {
        found.push_back((each->is_weak() ? "weak" : "") + std::string(each->opaque()));
    }
    return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(tags_compare_as_the_table_of_the_rfc_says) {
    struct row {
        const char *first, *second;
        bool strong, weak;
    };
    for (const row& each :
         {row{"W/\"1\"", "W/\"1\"", false, true}, row{"W/\"1\"", "W/\"2\"", false, false},
          row{"W/\"1\"", "\"1\"", false, true}, row{"\"1\"", "\"1\"", true, true}}) {
        BOOST_TEST(tag(each.first).matches_strongly(tag(each.second)) == each.strong);
        BOOST_TEST(tag(each.second).matches_strongly(tag(each.first)) == each.strong);
        BOOST_TEST(tag(each.first).matches_weakly(tag(each.second)) == each.weak);
    }
}

BOOST_AUTO_TEST_CASE(a_tag_may_hold_commas_and_backslashes_and_be_empty) {
    BOOST_TEST((all_of(R"("a,b" , W/"\", "")") ==
                std::vector<std::string>{"\"a,b\"", R"(weak"\")", "\"\""}));
}

BOOST_AUTO_TEST_CASE(what_is_no_tag_is_passed_over) {
    for (const char* text : {"", "v1", "\"", "\"a", "a\"", "w/\"a\"", "W/", "W/a", "\"a\"b\"",
                             "\"a b\"", "\"a\x7F\"", "\"a\" "}) {
        BOOST_TEST(!http::entity_tag::parse(text).has_value(), text);
    }
    BOOST_TEST((all_of(",, x, \"a\"y, \"b\",\"c") == std::vector<std::string>{"\"b\""}));
    BOOST_TEST(all_of("*").empty());
}

BOOST_AUTO_TEST_SUITE_END()
