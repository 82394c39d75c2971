// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client_statistics.hpp>

#include "metric_text.hpp"

#include <weir/metrics/registry.hpp>

#include <boost/test/unit_test.hpp>

namespace http = weir::http;
using http::client_phase;

BOOST_AUTO_TEST_SUITE(client_statistics_test)

BOOST_AUTO_TEST_CASE(each_error_is_counted_by_its_name) {
    http::client_statistics counts;
    counts.count_error(make_error_code(http::errc::body_over_limit), client_phase::body);
    counts.count_error(make_error_code(http::errc::body_over_limit), client_phase::body);
    counts.count_error(make_error_code(http::client_errc::unexpected_upgrade),
                       client_phase::response);
    BOOST_TEST(counts.refusals(http::errc::body_over_limit) == 2U);
    BOOST_TEST(counts.refusals(http::errc::malformed) == 0U);
    BOOST_TEST(counts.refusals(http::client_errc::unexpected_upgrade) == 1U);
    BOOST_TEST(counts.timeouts(client_phase::body) == 0U);
}

BOOST_AUTO_TEST_CASE(a_timeout_is_counted_by_its_phase) {
    http::client_statistics counts;
    counts.count_error(make_error_code(std::errc::timed_out), client_phase::tls);
    counts.count_error(std::error_code(ETIMEDOUT, std::system_category()), client_phase::connect);
    BOOST_TEST(counts.timeouts(client_phase::tls) == 1U);
    BOOST_TEST(counts.timeouts(client_phase::connect) == 1U);
    BOOST_TEST(counts.timeouts(client_phase::send) == 0U);
}

BOOST_AUTO_TEST_CASE(responses_are_counted_by_their_first_digit) {
    http::client_statistics counts;
    counts.count_response(http::status::no_content);
    counts.count_response(http::status::ok);
    counts.count_response(http::status::not_found);
    BOOST_TEST(counts.responses(2) == 2U);
    BOOST_TEST(counts.responses(4) == 1U);
    BOOST_TEST(counts.responses(5) == 0U);
}

BOOST_AUTO_TEST_CASE(each_refusal_and_timeout_is_shown_with_its_name) {
    weir::metrics::registry all(2);
    auto& counted = http::add_client_statistics(all);
    counted.at(0).count_error(make_error_code(http::errc::body_over_limit), client_phase::body);
    counted.at(1).count_error(make_error_code(http::errc::body_over_limit), client_phase::body);
    counted.at(1).count_error(make_error_code(http::client_errc::too_many_redirects),
                              client_phase::response);
    counted.at(0).count_error(make_error_code(std::errc::timed_out), client_phase::tls);
    counted.at(0).count_response(http::status::not_found);
    counted.at(0).requests.add(5);
    const weir::test::metric_text shown(all.text());
    BOOST_TEST(shown.fault() == "");
    BOOST_TEST(shown.count_of("weir_http_client_refusals_total") ==
               http::errc_count + http::client_errc_count);
    const std::string refusals = "weir_http_client_refusals_total";
    BOOST_TEST(shown.value_of(refusals + R"({reason="body_over_limit"})") == "2");
    BOOST_TEST(shown.value_of(refusals + R"({reason="too_many_redirects"})") == "1");
    BOOST_TEST(shown.value_of(refusals + R"({reason="malformed"})") == "0");
    BOOST_TEST(shown.count_of("weir_http_client_timeouts_total") == http::client_phase_count);
    BOOST_TEST(shown.value_of(R"(weir_http_client_timeouts_total{phase="tls"})") == "1");
    BOOST_TEST(shown.value_of(R"(weir_http_client_responses_total{code="4xx"})") == "1");
    BOOST_TEST(shown.value_of("weir_http_client_requests_total") == "5");
}

BOOST_AUTO_TEST_SUITE_END()
