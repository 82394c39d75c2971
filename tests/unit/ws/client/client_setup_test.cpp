// SPDX-License-Identifier: Apache-2.0
// client_setup: each mistake is found, and said.
#include "co_test.hpp"

#include <weir/ws/client/client_adapter.hpp>
#include <weir/ws/client/client_setup.hpp>
#include <weir/ws/client/renewal.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(client_setup_test)

namespace {

using namespace std::chrono_literals;
using weir::when_full;
using weir::ws::client_setup;
using weir::ws::request_kind;
using weir::ws::setup_errc;
using weir::ws::setup_finding;
using weir::ws::url;

client_setup setup_for(const char* where) { return client_setup(*url::parse(where)); }

/// The only finding about it; none = it has none, or several.
std::error_code only(const client_setup& setup) {
    const std::vector<setup_finding> all = setup.check();
    return all.size() == 1 ? all.front().error() : std::error_code();
}

weir::task<weir::result<void>> nothing(weir::ws::client_link) { co_return {}; }

/// Has the words of a service, but for channels.
class words {
public:
    weir::task<weir::result<std::chrono::nanoseconds>> authenticate(weir::ws::client_link) {
        co_return 1h;
    }
    std::string reply_id(const weir::ws::message& arrived) { return std::string(arrived.text()); }
};
class mute {};
class half_a_word {
public:
    weir::task<weir::result<void>> subscribe(weir::ws::client_link, std::string) { co_return {}; }
};

}  // namespace

static_assert(weir::ws::client_adapter<words>);
static_assert(!weir::ws::client_adapter<mute>);
static_assert(!weir::ws::client_adapter<half_a_word>);
static_assert(!std::is_aggregate_v<client_setup>);

BOOST_AUTO_TEST_CASE(the_defaults_are_those_that_were_agreed_on) {
    const client_setup setup = setup_for("wss://example.org/");
    BOOST_TEST(setup.check().empty());
    BOOST_TEST((setup.request_timeout == 30s && setup.ping_interval == 30s));
    BOOST_TEST((setup.subscriptions.pending_timeout == 30s && setup.renew_before == 60s));
    BOOST_TEST(setup.outbox.max_messages == 500U);
    BOOST_TEST(setup.costs.of(request_kind::subscription) == 5U);
    BOOST_TEST(setup.costs.of(request_kind::authentication) == 10U);
    BOOST_TEST(setup.costs.of(request_kind::order) == 10U);
    BOOST_TEST(setup.costs.of(request_kind::query) == 1U);
}

BOOST_AUTO_TEST_CASE(a_port_that_belongs_to_the_other_scheme_is_a_warning) {
    BOOST_TEST((only(setup_for("wss://example.org:80/")) == setup_errc::tls_on_port_80));
    BOOST_TEST((only(setup_for("ws://example.org:443/")) == setup_errc::plain_on_port_443));
    BOOST_TEST(setup_for("wss://example.org:80/").check().front().is_warning());
    BOOST_TEST(setup_for("ws://example.org:443/").check().front().is_warning());
    BOOST_TEST(setup_for("ws://example.org:80/").check().empty());
}

BOOST_AUTO_TEST_CASE(each_mistake_has_a_finding_of_its_own) {
    using change = std::function<void(client_setup&)>;
    const std::vector<std::pair<setup_errc, change>> mistakes{
        {setup_errc::no_outbox, [](auto& setup) { setup.outbox.max_messages = 0; }},
        {setup_errc::no_outbox, [](auto& setup) { setup.outbox.max_bytes = 0; }},
        {setup_errc::no_inbox, [](auto& setup) { setup.inbox.max_messages = 0; }},
        {setup_errc::inbox_policy, [](auto& setup) { setup.inbox.policy = when_full::reject; }},
        {setup_errc::no_pending_requests, [](auto& setup) { setup.requests.max_late = 0; }},
        {setup_errc::no_request_timeout, [](auto& setup) { setup.request_timeout = 0s; }},
        {setup_errc::no_heartbeat_timeout, [](auto& setup) { setup.heartbeat_timeout = 0s; }},
        {setup_errc::negative_interval, [](auto& setup) { setup.ping_interval = -1ns; }},
        {setup_errc::beat_without_hook, [](auto& setup) { setup.beat_interval = 1s; }},
        {setup_errc::no_subscriptions, [](auto& setup) { setup.max_restoring = 0; }},
        {setup_errc::no_pending_timeout,
         [](auto& setup) { setup.subscriptions.pending_timeout = 0s; }},
        {setup_errc::subscribe_without_end,
         [](auto& setup) {
             setup.subscribe = [](weir::ws::client_link link, std::string) {
                 return nothing(link);
             };
         }},
    };
    for (const auto& [expected, make] : mistakes) {
        client_setup setup = setup_for("ws://example.org/");
        make(setup);
        BOOST_TEST((only(setup) == expected), make_error_code(expected).message());
        BOOST_TEST(!setup.check().front().is_warning());
    }
}

CO_TEST(a_cost_that_no_limit_ever_allows_is_a_warning) {
    weir::rate::rate_limiter<> small(weir::rate::quota(5, 1s));
    client_setup setup = setup_for("ws://example.org/");
    setup.limiter = &small;
    CO_CHECK(only(setup) == setup_errc::costs_more_than_a_burst);
    co_return;
}

BOOST_AUTO_TEST_CASE(an_adapter_gives_what_it_has_and_leaves_the_rest) {
    client_setup setup = setup_for("ws://example.org/");
    setup.beat = &nothing;
    words adapter;
    weir::ws::adapt(setup, adapter);
    BOOST_TEST(static_cast<bool>(setup.authenticate));
    BOOST_TEST(static_cast<bool>(setup.reply_id));
    BOOST_TEST(static_cast<bool>(setup.beat));
    BOOST_TEST(!setup.subscribe);
    BOOST_TEST(!setup.layer);
    const weir::ws::message seven(weir::ws::message_kind::text,
                                  weir::buffer_lease::copy_of(weir::as_bytes("7")));
    BOOST_TEST(setup.reply_id(seven) == "7");
}

BOOST_AUTO_TEST_CASE(what_ends_is_renewed_a_minute_before) {
    static_assert(weir::ws::renewal_delay(1h, 60s) == 59min);
    static_assert(weir::ws::renewal_delay(90s, 60s) == 45s);
    static_assert(weir::ws::renewal_delay(2s, 60s) == 1s);
    BOOST_TEST((weir::ws::renewal_delay(0s, 60s) == std::chrono::nanoseconds::max()));
}

BOOST_AUTO_TEST_SUITE_END()
