// SPDX-License-Identifier: Apache-2.0
// text_format: what a scraper reads is what was measured, whatever the labels hold.
#include <weir/metrics/text_format.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <limits>

BOOST_AUTO_TEST_SUITE(text_format_test)

using weir::metrics::histogram;
using weir::metrics::label;
using weir::metrics::text_writer;

BOOST_AUTO_TEST_CASE(a_family_names_its_help_and_type_before_its_samples) {
    text_writer text;
    text.family("hits_total", "counter", "Pages\nserved \\ shown \"so\".");
    text.sample("hits_total", "", std::uint64_t{17});
    BOOST_TEST(text.take() ==
               "# HELP hits_total Pages\\nserved \\\\ shown \"so\".\n"
               "# TYPE hits_total counter\nhits_total 17\n");
}

BOOST_AUTO_TEST_CASE(label_values_are_escaped) {
    BOOST_TEST(label("room", "a\"b\\c\nd") == "room=\"a\\\"b\\\\c\\nd\"");
    text_writer text;
    text.sample("size", label("a", "1") + "," + label("b", "2"), 0.25);
    BOOST_TEST(text.take() == "size{a=\"1\",b=\"2\"} 0.25\n");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_have_their_own_words) {
    text_writer text;
    text.sample("a", "", std::nan(""));
    text.sample("b", "", -std::numeric_limits<double>::infinity());
    text.sample("c", "", std::int64_t{-3});
    BOOST_TEST(text.take() == "a NaN\nb -Inf\nc -3\n");
}

BOOST_AUTO_TEST_CASE(a_summary_has_quantiles_a_sum_and_a_count) {
    histogram times;
    for (int i = 0; i < 4; ++i) times.record(std::uint64_t{2'000'000'000});
    text_writer text;
    text.summary("wait_seconds", label("q", "x"), times, 1e-9);
    BOOST_TEST(text.take() ==
               "wait_seconds{q=\"x\",quantile=\"0.5\"} 2\n"
               "wait_seconds{q=\"x\",quantile=\"0.95\"} 2\n"
               "wait_seconds{q=\"x\",quantile=\"0.99\"} 2\n"
               "wait_seconds{q=\"x\",quantile=\"0.999\"} 2\n"
               "wait_seconds_sum{q=\"x\"} 8\nwait_seconds_count{q=\"x\"} 4\n");
}

BOOST_AUTO_TEST_CASE(a_histogram_has_cumulative_buckets_that_end_with_the_count) {
    histogram times;
    times.record(std::chrono::milliseconds(1));
    times.record(std::chrono::milliseconds(20));
    times.record(std::chrono::seconds(3));
    text_writer text;
    constexpr std::array bounds{0.01, 0.1, 1.0};
    text.buckets("wait_seconds", "", times, 1e-9, bounds);
    BOOST_TEST(text.take() ==
               "wait_seconds_bucket{le=\"0.01\"} 1\nwait_seconds_bucket{le=\"0.1\"} 2\n"
               "wait_seconds_bucket{le=\"1\"} 2\nwait_seconds_bucket{le=\"+Inf\"} 3\n"
               "wait_seconds_sum 3.021\nwait_seconds_count 3\n");
}

BOOST_AUTO_TEST_CASE(only_names_that_scrapers_take_are_names) {
    using weir::metrics::is_metric_name;
    BOOST_TEST(is_metric_name("http:requests_total2"));
    BOOST_TEST(!is_metric_name(""));
    BOOST_TEST(!is_metric_name("2hits"));
    BOOST_TEST(!is_metric_name("hits-total"));
}

BOOST_AUTO_TEST_SUITE_END()
