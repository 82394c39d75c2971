// SPDX-License-Identifier: Apache-2.0
// attribute: its value and its text.
#include <weir/trace/attribute.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <string>

BOOST_AUTO_TEST_SUITE(attribute_test)

using weir::trace::attribute;

BOOST_AUTO_TEST_CASE(a_value_keeps_its_kind) {
    BOOST_CHECK(std::holds_alternative<bool>(attribute("a", true).value()));
    BOOST_CHECK(std::holds_alternative<std::int64_t>(attribute("a", 7U).value()));
    BOOST_CHECK(std::holds_alternative<double>(attribute("a", 0.5F).value()));
    // A literal is a text, not a truth.
    BOOST_CHECK(std::holds_alternative<std::string_view>(attribute("a", "b").value()));
    const std::string text = "c";
    BOOST_CHECK(std::holds_alternative<std::string_view>(attribute("a", text).value()));
}

BOOST_AUTO_TEST_CASE(attributes_are_shown_in_braces) {
    const std::array all{attribute("key", 42), attribute("tier", "l2"), attribute("late", true),
                         attribute("part", 0.25)};
    BOOST_TEST(weir::trace::to_string(all) == "{key=42, tier=l2, late=true, part=0.25}");
    BOOST_TEST(weir::trace::to_string({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
