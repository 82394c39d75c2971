// SPDX-License-Identifier: Apache-2.0
// span_id: its text.
#include <weir/trace/span_id.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(span_id_test)

using weir::trace::span_id;

BOOST_AUTO_TEST_CASE(a_text_comes_back_as_it_was) {
    const auto id = span_id::parse("00f067aa0ba902b7");
    BOOST_REQUIRE(id.has_value());
    BOOST_TEST(id->number() == 0x00f067aa0ba902b7U);
    BOOST_TEST(id->to_string() == "00f067aa0ba902b7");
}

BOOST_AUTO_TEST_CASE(zeros_capitals_and_other_lengths_are_refused) {
    for (const char* wrong : {"", "0000000000000000", "00F067aa0ba902b7", "00f067aa0ba902b",
                              "00f067aa0ba902b70", "00f067aa0ba902b-"}) {
        BOOST_TEST(!span_id::parse(wrong), wrong);
    }
    BOOST_TEST(!span_id().is_valid());
}

BOOST_AUTO_TEST_SUITE_END()
