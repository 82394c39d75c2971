// SPDX-License-Identifier: Apache-2.0
// error: an errno value and a condition mean the same.
#include <weir/base/error.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

BOOST_AUTO_TEST_SUITE(error_test)

BOOST_AUTO_TEST_CASE(an_errno_value_compares_equal_to_its_condition) {
    BOOST_TEST((weir::error_from_errno(ECONNRESET) == std::errc::connection_reset));
    BOOST_TEST((weir::error_from_errno(ECONNRESET) != std::errc::timed_out));
}

BOOST_AUTO_TEST_CASE(a_cancelled_request_and_a_stop_of_ours_are_both_a_stop) {
    BOOST_TEST(weir::is_stopped(weir::error_from_errno(ECANCELED)));
    BOOST_TEST(weir::is_stopped(weir::stopped_error()));
    BOOST_TEST(!weir::is_stopped(std::error_code()));
}

BOOST_AUTO_TEST_SUITE_END()
