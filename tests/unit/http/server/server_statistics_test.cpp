// SPDX-License-Identifier: Apache-2.0
// What servers count, as it is shown; that they count is tested with servers.
#include <weir/http/server/server_statistics.hpp>

#include "metric_text.hpp"

#include <weir/metrics/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace http = weir::http;
using weir::metrics::registry;
using weir::test::metric_text;

BOOST_AUTO_TEST_SUITE(server_statistics_test)

namespace {

std::string refusals(http::errc why) {
    return "weir_http_server_refusals_total{" + weir::metrics::label("reason", http::name_of(why)) +
           '}';
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_refusal_is_shown_with_its_reason_summed_over_the_shards) {
    registry all(2);
    auto& counted = http::add_server_statistics(all);
    for (std::size_t i = 1; i <= http::errc_count; ++i) {
        const auto why = static_cast<http::errc>(i);
        for (std::size_t times = 0; times < i; ++times) counted.at(times % 2).count_refusal(why);
    }
    const metric_text shown(all.text());
    BOOST_TEST(shown.fault() == "");
    BOOST_TEST(shown.count_of("weir_http_server_refusals_total") == http::errc_count);
    for (std::size_t i = 1; i <= http::errc_count; ++i) {
        BOOST_TEST(shown.value_of(refusals(static_cast<http::errc>(i))) == std::to_string(i));
    }
}

BOOST_AUTO_TEST_CASE(what_has_not_happened_is_shown_as_zero) {
    registry all(1);
    static_cast<void>(http::add_server_statistics(all));
    const metric_text shown(all.text());
    BOOST_TEST(shown.value_of(R"(weir_http_server_refusals_total{reason="headers_over_limit"})") ==
               "0");
    BOOST_TEST(shown.value_of("weir_http_server_requests_total") == "0");
}

BOOST_AUTO_TEST_CASE(what_is_counted_is_read_when_the_text_is_made) {
    registry all(1);
    auto& here = http::add_server_statistics(all).at(0);
    here.connections.add(3);
    here.connections_ended.add(2);
    here.idle_ended.add(7);
    here.unprepared.add(4);
    here.handed_over.add(5);
    here.requests.add(6);
    here.handler_failures.add(8);
    here.count_answer(http::status::not_found);
    const metric_text shown(all.text());
    BOOST_TEST(shown.value_of("weir_http_server_connections_total") == "3");
    BOOST_TEST(shown.value_of("weir_http_server_connections_ended_total") == "2");
    BOOST_TEST(shown.value_of("weir_http_server_unprepared_total") == "4");
    BOOST_TEST(shown.value_of("weir_http_server_idle_ended_total") == "7");
    BOOST_TEST(shown.value_of("weir_http_server_handed_over_total") == "5");
    BOOST_TEST(shown.value_of("weir_http_server_requests_total") == "6");
    BOOST_TEST(shown.value_of("weir_http_server_handler_failures_total") == "8");
    BOOST_TEST(shown.value_of(R"(weir_http_server_responses_total{code="4xx"})") == "1");
    BOOST_TEST(shown.value_of(R"(weir_http_server_responses_total{code="2xx"})") == "0");
    here.requests.add();
    BOOST_TEST(metric_text(all.text()).value_of("weir_http_server_requests_total") == "7");
}

BOOST_AUTO_TEST_CASE(two_kinds_of_servers_are_told_apart_by_their_labels) {
    registry all(1);
    auto& inner = http::add_server_statistics(all, weir::metrics::label("server", "inner"));
    auto& outer = http::add_server_statistics(all, weir::metrics::label("server", "outer"));
    inner.at(0).count_refusal(http::errc::nul_byte);
    outer.at(0).requests.add(2);
    const metric_text shown(all.text());
    BOOST_TEST(shown.fault() == "");
    const std::string name = "weir_http_server_refusals_total";
    BOOST_TEST(shown.value_of(name + R"({server="inner",reason="nul_byte"})") == "1");
    BOOST_TEST(shown.value_of(name + R"({server="outer",reason="nul_byte"})") == "0");
    BOOST_TEST(shown.value_of(R"(weir_http_server_requests_total{server="outer"})") == "2");
}

BOOST_AUTO_TEST_SUITE_END()
