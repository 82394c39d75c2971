// SPDX-License-Identifier: Apache-2.0
// registry: metrics by name, counted by shard, shown as one.
#include <weir/metrics/registry.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_test)

using weir::metrics::description;
using weir::metrics::label;
using weir::metrics::registry;

BOOST_AUTO_TEST_CASE(shards_are_shown_as_one_number) {
    registry all(3);
    auto& hits = all.add_counter(description("hits_total", "Hits."));
    auto& open = all.add_gauge(description("open", "Open."));
    for (unsigned i = 0; i < 3; ++i) hits.at(i).add(10);
    open.at(0).add(5);
    open.at(2).subtract(7);
    BOOST_TEST(all.text() ==
               "# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total 30\n"
               "# HELP open Open.\n# TYPE open gauge\nopen -2\n");
}

BOOST_AUTO_TEST_CASE(metrics_of_one_name_share_their_heading) {
    registry all(1);
    auto& get = all.add_counter(description("hits_total", "Hits.", label("method", "GET")));
    auto& put = all.add_counter(description("hits_total", "Hits.", label("method", "PUT")));
    get.at(0).add();
    put.at(0).add(2);
    BOOST_TEST(all.text() ==
               "# HELP hits_total Hits.\n# TYPE hits_total counter\n"
               "hits_total{method=\"GET\"} 1\nhits_total{method=\"PUT\"} 2\n");
}

BOOST_AUTO_TEST_CASE(metrics_of_one_name_stand_together_wherever_they_were_added) {
    registry all(1);
    auto& get = all.add_counter(description("hits_total", "Hits.", label("method", "GET")));
    auto& open = all.add_gauge(description("open", "Open."));
    auto& put = all.add_counter(description("hits_total", "Hits.", label("method", "PUT")));
    get.at(0).add();
    open.at(0).add(3);
    put.at(0).add(2);
    BOOST_TEST(all.text() ==
               "# HELP hits_total Hits.\n# TYPE hits_total counter\n"
               "hits_total{method=\"GET\"} 1\nhits_total{method=\"PUT\"} 2\n"
               "# HELP open Open.\n# TYPE open gauge\nopen 3\n");
}

BOOST_AUTO_TEST_CASE(a_count_that_is_kept_elsewhere_is_asked_for_each_time_and_shown_whole) {
    registry all(1);
    std::uint64_t value = 1;
    all.add_count(description("bytes_total", "Bytes."), [&value] { return value; });
    BOOST_TEST(all.text() ==
               "# HELP bytes_total Bytes.\n# TYPE bytes_total counter\nbytes_total 1\n");
    value = 18'446'744'073'709'551'615U;
    BOOST_TEST(all.text().ends_with("bytes_total 18446744073709551615\n"));
}

BOOST_AUTO_TEST_CASE(a_reading_is_asked_each_time) {
    registry all(1);
    double value = 1;
    all.add_reading(description("level", "Level."), "gauge", [&value] { return value; });
    BOOST_TEST(all.text().ends_with("level 1\n"));
    value = 2.5;
    BOOST_TEST(all.text().ends_with("level 2.5\n"));
}

BOOST_AUTO_TEST_CASE(latencies_are_recorded_in_nanoseconds_and_shown_in_seconds) {
    registry all(2);
    auto& plain = all.add_latency(description("a_seconds", "A."));
    auto& bounded = all.add_latency(description("b_seconds", "B."), {0.5});
    plain.at(1).record(std::chrono::seconds(2));
    bounded.at(0).record(std::chrono::milliseconds(250));
    const std::string text = all.text();
    BOOST_TEST(text.find("# TYPE a_seconds summary\n") != std::string::npos);
    BOOST_TEST(text.find("a_seconds_sum 2\n") != std::string::npos);
    BOOST_TEST(text.find("# TYPE b_seconds histogram\n") != std::string::npos);
    BOOST_TEST(text.find("b_seconds_bucket{le=\"0.5\"} 1\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
