// SPDX-License-Identifier: Apache-2.0
// otlp_series: what each kind makes of its measurements.
#include <weir/trace/otlp_series.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

BOOST_AUTO_TEST_SUITE(otlp_series_test)

using namespace std::chrono_literals;
using weir::trace::metric;
using weir::trace::otlp_series;

BOOST_AUTO_TEST_CASE(a_counter_is_summed_up_and_a_gauge_is_what_it_was_last) {
    otlp_series counter(metric::counter("rows"), "");
    otlp_series gauge(metric::gauge("depth", 0), R"({"key":"a"})");
    for (const double each : {3.0, 4.5}) {
        counter.add(each);
        gauge.add(each);
    }
    BOOST_TEST(counter.to_json(1, 2) ==
               R"({"attributes":[],"startTimeUnixNano":"1","timeUnixNano":"2","asDouble":7.5})");
    BOOST_TEST(gauge.to_json(1, 2) == R"({"attributes":[{"key":"a"}],"startTimeUnixNano":"1",)"
                                      R"("timeUnixNano":"2","asDouble":4.5})");
}

BOOST_AUTO_TEST_CASE(a_histogram_counts_in_buckets_whose_bounds_suit_the_unit) {
    otlp_series waits(metric::histogram("wait", 1ms), "");
    for (const double each : {0.005, 0.006, 20.0}) waits.add(each);
    BOOST_TEST(
        waits.to_json(1, 2) ==
        R"({"attributes":[],"startTimeUnixNano":"1","timeUnixNano":"2","count":"3",)"
        R"("sum":20.011,"min":0.005,"max":20,)"
        R"("bucketCounts":["1","1","0","0","0","0","0","0","0","0","0","0","0","0","1"],)"
        R"("explicitBounds":[0.005,0.01,0.025,0.05,0.075,0.1,0.25,0.5,0.75,1,2.5,5,7.5,10]})");
    BOOST_TEST(otlp_series::bounds_for("By").back() == 10'000.0);
}

BOOST_AUTO_TEST_SUITE_END()
