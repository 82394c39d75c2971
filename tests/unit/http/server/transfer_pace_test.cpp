// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/detail/transfer_pace.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

using weir::http::detail::transfer_pace;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(transfer_pace_test)

BOOST_AUTO_TEST_CASE(a_peer_that_keeps_the_rate_may_go_on_for_ever) {
    transfer_pace pace(100, 5s, 30s);
    for (int second = 0; second < 10'000; ++second) {
        BOOST_TEST((pace.allowance() == 5s));
        pace.waited(1s);
        pace.received(100);
    }
}

BOOST_AUTO_TEST_CASE(a_peer_below_the_rate_uses_up_its_grace) {
    transfer_pace pace(100, 5s, 30s);
    BOOST_TEST((pace.allowance() == 5s));
    pace.waited(3s);
    pace.received(99);
    BOOST_TEST((pace.allowance() == 2s));
    pace.waited(3s);
    BOOST_TEST((pace.allowance() == 0s));
    pace.received(1);  // 100 in all: a second is earned
    BOOST_TEST((pace.allowance() == 0s));
    pace.received(100);
    BOOST_TEST((pace.allowance() == 1s));
}

BOOST_AUTO_TEST_CASE(what_came_fast_does_not_allow_an_endless_pause) {
    transfer_pace pace(100, 5s, 30s);
    pace.received(UINT64_MAX);
    BOOST_TEST((pace.allowance() == 30s));
}

BOOST_AUTO_TEST_CASE(without_a_rate_only_the_pause_is_limited) {
    transfer_pace pace(0, 5s, 30s);
    pace.waited(1000h);
    BOOST_TEST((pace.allowance() == 30s));
}

BOOST_AUTO_TEST_SUITE_END()
