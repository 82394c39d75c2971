// SPDX-License-Identifier: Apache-2.0
// counter, gauge, sharded: each shard writes its own, anybody reads the sum.
#include <weir/metrics/counter.hpp>
#include <weir/metrics/gauge.hpp>
#include <weir/metrics/histogram.hpp>
#include <weir/metrics/sharded.hpp>

#include <boost/test/unit_test.hpp>

#include <thread>

BOOST_AUTO_TEST_SUITE(counter_test)

BOOST_AUTO_TEST_CASE(a_counter_adds_one_or_more) {
    weir::metrics::counter hits;
    hits.add();
    hits.add(41);
    BOOST_TEST(hits.value() == 42U);
}

BOOST_AUTO_TEST_CASE(a_gauge_goes_up_and_below_zero) {
    weir::metrics::gauge level;
    level.add(2);
    level.subtract(5);
    BOOST_TEST(level.value() == -3);
    level.set(7);
    BOOST_TEST(level.value() == 7);
}

BOOST_AUTO_TEST_CASE(the_total_of_shards_loses_nothing_while_each_counts_its_own) {
    constexpr unsigned shards = 4;
    constexpr std::uint64_t rounds = 20'000;
    weir::metrics::sharded<weir::metrics::counter> hits(shards);
    std::thread threads[shards];
    for (unsigned i = 0; i < shards; ++i) {
        threads[i] = std::thread([&hits, i] {
            for (std::uint64_t n = 0; n < rounds; ++n) hits.at(i).add();
        });
    }
    std::uint64_t last = 0;
    for (int n = 0; n < 100; ++n) {
        const std::uint64_t seen = hits.total();
        BOOST_TEST(seen >= last);
        last = seen;
    }
    for (auto& each : threads) each.join();
    BOOST_TEST(hits.total() == shards * rounds);
}

BOOST_AUTO_TEST_CASE(histograms_of_shards_are_read_as_one) {
    weir::metrics::sharded<weir::metrics::histogram> latency(2);
    latency.at(0).record(std::uint64_t{10});
    latency.at(1).record(std::uint64_t{30});
    const auto all = latency.merged();
    BOOST_TEST(all.count() == 2U);
    BOOST_TEST(all.min() == 10U);
    BOOST_TEST(all.max() == 30U);
}

BOOST_AUTO_TEST_SUITE_END()
