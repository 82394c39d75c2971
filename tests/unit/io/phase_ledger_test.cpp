// SPDX-License-Identifier: Apache-2.0
// phase_ledger: whose time is whose.
#include <weir/io/phase_ledger.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(phase_ledger_test)

namespace {

using namespace std::chrono_literals;
using weir::longest_phase;
using weir::phase_ledger;
constexpr phase_ledger::time_point start{1000s};

}  // namespace

BOOST_AUTO_TEST_CASE(the_phase_that_took_most_is_named_with_those_around_it) {
    phase_ledger ledger;
    auto& load = ledger.whole().inner("load");
    auto& pool = ledger.whole().inner("pool");
    auto& connect = load.inner("connect");
    ledger.whole().begin(start);
    pool.begin(start);
    pool.end(start + 10s);
    load.begin(start + 10s);
    connect.begin(start + 15s);
    connect.end(start + 40s);
    load.end(start + 50s);
    BOOST_TEST(longest_phase(ledger.whole(), start + 50s) == "load/connect");
    BOOST_TEST((load.spent(start + 99s) == 40s));
}

BOOST_AUTO_TEST_CASE(a_phase_that_runs_still_counts_up_to_now) {
    phase_ledger ledger;
    auto& pool = ledger.whole().inner("pool");
    ledger.whole().begin(start);
    pool.begin(start + 1s);
    BOOST_TEST((pool.spent(start + 5s) == 4s));
    BOOST_TEST(longest_phase(ledger.whole(), start + 5s) == "pool");
}

BOOST_AUTO_TEST_CASE(no_phase_is_named_where_the_time_went_elsewhere) {
    phase_ledger ledger;
    auto& pool = ledger.whole().inner("pool");
    ledger.whole().begin(start);
    pool.begin(start);
    pool.end(start + 1s);
    BOOST_TEST(longest_phase(ledger.whole(), start + 10s) == "");
    phase_ledger empty;
    BOOST_TEST(longest_phase(empty.whole(), start) == "");
}

BOOST_AUTO_TEST_CASE(a_phase_that_runs_beside_itself_counts_once_and_again_adds_up) {
    phase_ledger ledger;
    auto& attempt = ledger.whole().inner("attempt");
    attempt.begin(start);
    attempt.begin(start + 1s);
    attempt.end(start + 2s);
    attempt.end(start + 3s);
    BOOST_TEST((attempt.spent(start + 9s) == 3s));
    auto& again = ledger.whole().inner("attempt");
    BOOST_TEST(&again == &attempt);
    again.begin(start + 10s);
    again.end(start + 12s);
    BOOST_TEST((attempt.spent(start + 12s) == 5s));
}

BOOST_AUTO_TEST_SUITE_END()
