// SPDX-License-Identifier: Apache-2.0
// trace_id: its text.
#include <weir/trace/trace_id.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(trace_id_test)

using weir::trace::trace_id;

BOOST_AUTO_TEST_CASE(a_text_comes_back_as_it_was) {
    const auto id = trace_id::parse("4bf92f3577b34da6a3ce929d0e0e4736");
    BOOST_REQUIRE(id.has_value());
    BOOST_TEST(id->high() == 0x4bf92f3577b34da6U);
    BOOST_TEST(id->low() == 0xa3ce929d0e0e4736U);
    BOOST_TEST(id->to_string() == "4bf92f3577b34da6a3ce929d0e0e4736");
    BOOST_TEST(trace_id(0, 7).to_string() == "00000000000000000000000000000007");
}

BOOST_AUTO_TEST_CASE(zeros_capitals_and_other_lengths_are_refused) {
    for (const char* wrong :
         {"", "00000000000000000000000000000000", "4BF92f3577b34da6a3ce929d0e0e4736",
          "4bf92f3577b34da6a3ce929d0e0e473", "4bf92f3577b34da6a3ce929d0e0e47366",
          "4bf92f3577b34da6a3ce929d0e0e473g", " bf92f3577b34da6a3ce929d0e0e4736"}) {
        BOOST_TEST(!trace_id::parse(wrong), wrong);
    }
    BOOST_TEST(!trace_id().is_valid());
    BOOST_TEST(trace_id(1, 0).is_valid());
}

BOOST_AUTO_TEST_SUITE_END()
