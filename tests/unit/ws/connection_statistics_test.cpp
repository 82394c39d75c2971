// SPDX-License-Identifier: Apache-2.0
// What connections count, as it is shown; that they count is tested with connections (ring).
#include <weir/ws/connection_statistics.hpp>

#include "metric_text.hpp"

#include <weir/metrics/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>

namespace http = weir::http;
namespace ws = weir::ws;
using weir::test::metric_text;

BOOST_AUTO_TEST_SUITE(connection_statistics_test)

namespace {

constexpr std::string_view refusals = "weir_ws_refusals_total";

std::string refused(std::string_view stage, std::string_view reason) {
    return std::string(refusals) + '{' + weir::metrics::label("stage", stage) + ',' +
           weir::metrics::label("reason", reason) + '}';
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_refusal_is_counted_by_its_name) {
    ws::connection_statistics counts;
    counts.count_refusal(make_error_code(http::errc::headers_over_limit));
    counts.count_refusal(make_error_code(ws::handshake_errc::origin_not_allowed));
    counts.count_refusal(make_error_code(ws::protocol_errc::message_over_limit));
    counts.count_refusal(make_error_code(ws::protocol_errc::message_over_limit));
    counts.count_refusal(std::make_error_code(std::errc::timed_out));
    BOOST_TEST(counts.refusals(http::errc::headers_over_limit) == 1U);
    BOOST_TEST(counts.refusals(ws::handshake_errc::origin_not_allowed) == 1U);
    BOOST_TEST(counts.refusals(ws::protocol_errc::message_over_limit) == 2U);
    BOOST_TEST(counts.refusals(ws::protocol_errc::frame_over_limit) == 0U);
}

BOOST_AUTO_TEST_CASE(each_refusal_is_shown_with_its_stage_and_reason) {
    weir::metrics::registry all(2);
    auto& counted = ws::add_connection_statistics(all);
    for (std::size_t i = 1; i <= http::errc_count; ++i) {
        counted.at(0).count_refusal(make_error_code(static_cast<http::errc>(i)));
    }
    for (std::size_t i = 1; i <= ws::handshake_errc_count; ++i) {
        counted.at(1).count_refusal(make_error_code(static_cast<ws::handshake_errc>(i)));
    }
    for (std::size_t i = 1; i <= ws::protocol_errc_count; ++i) {
        counted.at(i % 2).count_refusal(make_error_code(static_cast<ws::protocol_errc>(i)));
    }
    const metric_text shown(all.text());
    BOOST_TEST(shown.fault() == "");
    BOOST_TEST(shown.count_of(refusals) ==
               http::errc_count + ws::handshake_errc_count + ws::protocol_errc_count);
    BOOST_TEST(shown.value_of(refused("request", "host_missing_or_repeated")) == "1");
    BOOST_TEST(shown.value_of(refused("handshake", "host_missing_or_repeated")) == "1");
    BOOST_TEST(shown.value_of(refused("connection", "message_over_limit")) == "1");
    BOOST_TEST(all.text().find("} 0\n") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_counted_is_shown) {
    weir::metrics::registry all(1);
    auto& here = ws::add_connection_statistics(all).at(0);
    here.connections.add(1);
    here.connections_ended.add(2);
    here.silent_ended.add(3);
    here.hibernated.add(4);
    here.woken.add(5);
    here.note_given_back(6);
    const metric_text shown(all.text());
    BOOST_TEST(shown.value_of("weir_ws_connections_total") == "1");
    BOOST_TEST(shown.value_of("weir_ws_connections_ended_total") == "2");
    BOOST_TEST(shown.value_of("weir_ws_silent_ended_total") == "3");
    BOOST_TEST(shown.value_of("weir_ws_hibernated_total") == "4");
    BOOST_TEST(shown.value_of("weir_ws_woken_total") == "5");
    BOOST_TEST(shown.value_of("weir_ws_hibernated_bytes_total") == "6");
}

BOOST_AUTO_TEST_CASE(freed_pages_are_given_on_when_enough_have_come_together) {
    ws::connection_statistics counts;
    counts.note_given_back(ws::connection_statistics::trim_bytes - 1);
    BOOST_TEST(counts.trims.value() == 0U);
    counts.note_given_back(1);
    BOOST_TEST(counts.trims.value() == 1U);
    counts.note_given_back(1);
    BOOST_TEST(counts.trims.value() == 1U);
}

BOOST_AUTO_TEST_CASE(each_thread_counts_for_itself) {
    const std::uint64_t before = ws::connection_statistics::of_this_thread().woken.value();
    std::thread([] { ws::connection_statistics::of_this_thread().woken.add(); }).join();
    BOOST_TEST(ws::connection_statistics::of_this_thread().woken.value() == before);
}

BOOST_AUTO_TEST_SUITE_END()
