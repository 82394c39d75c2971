// SPDX-License-Identifier: Apache-2.0
// span_outcome: how an end is told from what a task gave.
#include <weir/trace/span_outcome.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>

BOOST_AUTO_TEST_SUITE(span_outcome_test)

using weir::result;
using weir::trace::outcome_kind;
using weir::trace::span_outcome;

BOOST_AUTO_TEST_CASE(values_are_fine_and_errors_are_told_apart_from_stops) {
    BOOST_CHECK(span_outcome::of(7).kind() == outcome_kind::ok);
    BOOST_CHECK(span_outcome::of(result<int>(7)).kind() == outcome_kind::ok);
    const result<int> refused = weir::fail(std::errc::connection_refused);
    BOOST_CHECK(span_outcome::of(refused).kind() == outcome_kind::error);
    BOOST_CHECK(span_outcome::of(refused).error() == std::errc::connection_refused);
    const result<void> stopped = weir::fail(std::errc::operation_canceled);
    BOOST_CHECK(span_outcome::of(stopped).kind() == outcome_kind::stopped);
    const result<int, std::string> own = weir::fail(std::string("out of paper"));
    BOOST_CHECK(span_outcome::of(own).kind() == outcome_kind::error);
}

BOOST_AUTO_TEST_CASE(an_outcome_says_in_words_what_is_wrong) {
    BOOST_TEST(span_outcome().to_string() == "ok");
    BOOST_TEST(span_outcome().message().empty());
    const auto refused = std::make_error_code(std::errc::connection_refused);
    BOOST_TEST(span_outcome(refused).to_string() == "error: " + refused.message());
    BOOST_TEST(span_outcome(weir::stopped_error()).to_string() == "stopped");
    const auto thrown = std::make_exception_ptr(std::runtime_error("out of paper"));
    BOOST_TEST(span_outcome(thrown).to_string() == "exception: out of paper");
    BOOST_TEST(span_outcome(std::make_exception_ptr(7)).to_string() ==
               "exception: of unknown type");
}

BOOST_AUTO_TEST_SUITE_END()
