// SPDX-License-Identifier: Apache-2.0
// When a connection hibernates; that it does is tested with connections (ring).
#include <weir/ws/hibernation.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(hibernation_policy_test)

namespace {

using namespace std::chrono_literals;
using weir::ws::hibernation;

}  // namespace

BOOST_AUTO_TEST_CASE(by_default_it_is_five_minutes_and_80_000_bytes) {
    const hibernation usual;
    BOOST_TEST(usual.is_enabled);
    BOOST_TEST((usual.idle_time == 300'000ms));
    BOOST_TEST(usual.min_bytes == 80'000U);
}

BOOST_AUTO_TEST_CASE(it_takes_both_time_and_bytes) {
    const hibernation usual;
    BOOST_TEST(usual.is_due(300'000ms, 80'000));
    BOOST_TEST(!usual.is_due(299'999ms, 80'000));
    BOOST_TEST(!usual.is_due(300'000ms, 79'999));
    BOOST_TEST(!usual.is_due(24h, 0));
}

BOOST_AUTO_TEST_CASE(one_that_is_disabled_concerns_nobody) {
    hibernation off;
    off.is_enabled = false;
    BOOST_TEST(!off.is_due(24h, SIZE_MAX));
    BOOST_TEST(!off.concerns(SIZE_MAX));
}

BOOST_AUTO_TEST_CASE(nothing_is_never_given_back) {
    hibernation eager;
    eager.min_bytes = 0;
    eager.idle_time = 0ms;
    BOOST_TEST(!eager.is_due(0ms, 0));
    BOOST_TEST(eager.is_due(0ms, 1));
}

BOOST_AUTO_TEST_SUITE_END()
