// SPDX-License-Identifier: Apache-2.0
// refused: what a peer is told.
#include <weir/base/refused.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(refused_test)

BOOST_AUTO_TEST_CASE(retry_after_is_told_in_whole_seconds_and_not_too_soon) {
    using namespace std::chrono_literals;
    const weir::refused late(weir::refusal::rate_limited, 1'000'000'001ns);
    BOOST_TEST((late.retry_after_seconds() == 2s));
    BOOST_TEST((weir::refused(weir::refusal::banned, 300s).retry_after_seconds() == 300s));
    BOOST_TEST((weir::refused(weir::refusal::overloaded, 0s).retry_after_seconds() == 0s));
    BOOST_TEST((std::error_code(late) == weir::refusal::rate_limited));
    BOOST_TEST(weir::terms_of(late.why()).http_status == 429);
}

BOOST_AUTO_TEST_SUITE_END()
