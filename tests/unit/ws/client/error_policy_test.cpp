// SPDX-License-Identifier: Apache-2.0
// error_policy: the whole matrix of errors and what is done about each.
#include <weir/base/error.hpp>
#include <weir/base/refusal.hpp>
#include <weir/tls/error.hpp>
#include <weir/ws/client/client_error.hpp>
#include <weir/ws/client/error_policy.hpp>
#include <weir/ws/connection_error.hpp>
#include <weir/ws/protocol/error.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(error_policy_test)

namespace {

using namespace std::chrono_literals;
using weir::resilience::backoff_policy;
using weir::ws::classify;
using weir::ws::client_errc;
using weir::ws::close_code;
using weir::ws::connection_errc;
using weir::ws::decision;
using weir::ws::error_class;
using weir::ws::error_policy;
using weir::ws::failure;
using weir::ws::handshake_errc;

const error_policy::time_point start{};

error_policy policy_of(unsigned attempts, error_policy::rule rule = {}) {
    return error_policy(backoff_policy::linear(1s, 1h).max_retries(attempts), 30s, 1,
                        std::move(rule));
}
failure lost() { return failure(weir::error_from_errno(ECONNRESET)); }

}  // namespace

BOOST_AUTO_TEST_CASE(each_error_has_its_class) {
    using enum error_class;
    const std::vector<std::pair<std::error_code, error_class>> matrix{
        {weir::error_from_errno(ECONNREFUSED), transient},
        {weir::error_from_errno(ECONNRESET), transient},
        {std::make_error_code(std::errc::timed_out), transient},
        {connection_errc::ended_without_close, transient},
        {weir::ws::protocol_errc::text_not_utf8, transient},
        {handshake_errc::status_not_101, transient},
        {handshake_errc::access_denied, critical},
        {handshake_errc::accept_mismatch, critical},
        {handshake_errc::protocol_not_offered, critical},
        {weir::tls::errc::certificate_expired, critical},
        {weir::tls::errc::host_mismatch, critical},
        {weir::tls::errc::truncated, transient},
        {std::make_error_code(std::errc::invalid_argument), critical},
        {client_errc::authentication_refused, critical},
        {client_errc::heartbeat_timeout, transient},
        {client_errc::connection_lost, transient},
        {client_errc::reconnect_asked, transient},
        {client_errc::subscription_refused, normal},
        {client_errc::duplicate_id, normal},
        {weir::refusal::rate_limited, normal},
    };
    for (const auto& [error, kind] : matrix) {
        BOOST_TEST((classify(failure(error)) == kind), error.message());
    }
}

BOOST_AUTO_TEST_CASE(a_close_is_judged_by_its_code) {
    for (unsigned code = 1000; code < 5000; ++code) {
        const auto kind = classify(failure(connection_errc::closed, static_cast<close_code>(code)));
        const bool is_critical = code == 1002 || code == 1003 || code == 1007 || code == 1008 ||
                                 code == 1010 || code == 3000 || code == 3003;
        BOOST_TEST((kind == (is_critical ? error_class::critical : error_class::transient)), code);
    }
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_made_again_later_and_later_until_the_attempts_end) {
    error_policy policy = policy_of(3);
    BOOST_TEST((policy.decide(lost(), start) == decision::reconnect_after(1s)));
    BOOST_TEST((policy.decide(lost(), start) == decision::reconnect_after(2s)));
    BOOST_TEST((policy.decide(lost(), start) == decision::reconnect_after(3s)));
    BOOST_TEST(policy.decide(lost(), start).gives_up());
}

BOOST_AUTO_TEST_CASE(a_critical_error_costs_no_attempt_and_ends_it) {
    error_policy policy = policy_of(3);
    const auto next = policy.decide(failure(client_errc::authentication_refused), start);
    BOOST_TEST((next == decision::give_up()));
    BOOST_TEST(policy.attempts() == 0U);
}

BOOST_AUTO_TEST_CASE(an_error_of_one_message_keeps_the_connection_where_there_is_one) {
    error_policy policy = policy_of(3);
    const std::error_code one = client_errc::duplicate_id;
    BOOST_TEST(policy.decide(failure(one, close_code::no_status, true), start).keeps());
    BOOST_TEST(policy.attempts() == 0U);
    BOOST_TEST(policy.decide(failure(one), start).reconnect());
}

BOOST_AUTO_TEST_CASE(only_a_connection_that_held_begins_the_delays_anew) {
    error_policy policy = policy_of(3);
    static_cast<void>(policy.decide(lost(), start));
    policy.became_ready(start);
    BOOST_TEST((policy.decide(lost(), start + 29s) == decision::reconnect_after(2s)));
    policy.became_ready(start);
    BOOST_TEST((policy.decide(lost(), start + 30s) == decision::reconnect_after(1s)));
    // That one was ready before; the attempts after it have not been.
    BOOST_TEST((policy.decide(lost(), start + 90s) == decision::reconnect_after(2s)));
}

BOOST_AUTO_TEST_CASE(the_users_word_comes_first) {
    const auto rule = [](const failure& what) -> std::optional<error_class> {
        if (what.code() == static_cast<close_code>(4001)) return error_class::critical;
        return std::nullopt;
    };
    error_policy policy = policy_of(3, rule);
    const failure banned(connection_errc::closed, static_cast<close_code>(4001));
    BOOST_TEST(policy.decide(banned, start).gives_up());
    BOOST_TEST(policy.decide(lost(), start).reconnect());
}

BOOST_AUTO_TEST_SUITE_END()
