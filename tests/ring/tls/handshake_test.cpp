// SPDX-License-Identifier: Apache-2.0
// accept, connect: who is who. Each way in which a certificate can be wrong has its name; both ends
// learn what they have agreed on; sessions are resumed.
#include <weir/tls/handshake.hpp>

#include "tls_streams.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/io/timeout.hpp>
#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(handshake_test)

namespace {

using weir::test::must_serve;
using weir::test::must_trust;
using weir::test::pem_pair;
using weir::test::serving_options;
using weir::test::shake_hands;
using weir::test::test_authority;
using weir::test::trusting_options;
using weir::test::wanted_certificate;
using weir::tls::client_certificates;
using weir::tls::errc;

/// Whether a client that asks for `host` finds `expected` wrong with a server that shows `shown`.
void check_refusal(const pem_pair& shown, const std::string& host, std::error_code expected) {
    weir::test::on_reactor([&]() -> weir::task<> {
        const auto server = must_serve(weir::tls::server_options(shown.loaded()));
        auto both = co_await shake_hands(must_trust(trusting_options()), server, host);
        const std::error_code found = weir::test::error_of(both.client);
        BOOST_TEST(found == expected, host << ": " << found.message());
    });
}

weir::task<> both_know_what_they_agreed_on() {
    auto serving = serving_options("host.example");
    serving.protocols = {"http/1.1"};
    auto trusting = trusting_options();
    trusting.protocols = {"h2", "http/1.1"};
    auto both = co_await shake_hands(must_trust(trusting), must_serve(serving), "host.example.");
    const auto client = weir::test::must(std::move(both.client));
    const auto server = weir::test::must(std::move(both.server));
    for (const auto* info : {&client, &server}) {
        BOOST_TEST((info->version == weir::tls::version::tls_1_3));
        BOOST_TEST(info->cipher.starts_with("TLS_"));
        BOOST_TEST(info->protocol == "http/1.1");
        BOOST_TEST(info->host == "host.example");
        BOOST_TEST(!info->is_resumed);
    }
    BOOST_TEST(client.peer_subject == "CN=host.example");
    BOOST_TEST(server.peer_subject.empty());
}

weir::task<> clients_show_certificates() {
    auto serving = serving_options();
    serving.clients = client_certificates::required;
    serving.client_trust = weir::tls::trust::only(test_authority().pem());
    const auto server = must_serve(serving);
    auto known = trusting_options();
    known.own = test_authority().issue(wanted_certificate("a client")).loaded();
    auto both = co_await shake_hands(must_trust(known), server);
    BOOST_TEST(weir::test::must(std::move(both.server)).peer_subject == "CN=a client");

    auto unknown = co_await shake_hands(must_trust(trusting_options()), server);
    BOOST_TEST((weir::test::error_of(unknown.server) == errc::certificate_missing));
    const weir::test::certificate_authority stranger("a stranger");
    auto strange = trusting_options();
    strange.own = stranger.issue(wanted_certificate("a client")).loaded();
    auto refused = co_await shake_hands(must_trust(strange), server);
    BOOST_TEST((weir::test::error_of(refused.server) == errc::issuer_unknown));
    // In TLS 1.3 the client has finished by then, and hears of it when it reads.
    auto told = co_await refused.sockets.a.receive();
    BOOST_REQUIRE(!told.has_value());
    BOOST_TEST((told.error().category() == weir::tls::alert_category()));
}

/// Connects three times, talking in between, since tickets come with the first bytes.
weir::task<bool> resumes(weir::tls::client_context client, weir::tls::server_context server) {
    bool is_resumed = false;
    bool was_resumed = false;
    for (int i = 0; i < 3; ++i) {
        auto both = co_await shake_hands(client, server);
        auto info = weir::test::must(std::move(both.server));
        is_resumed = info.is_resumed;
        BOOST_TEST((i < 2 || is_resumed == was_resumed));
        was_resumed = is_resumed;
        BOOST_TEST(weir::test::must(std::move(both.client)).is_resumed == is_resumed);
        weir::test::expect_success(co_await both.sockets.b.send_copy(weir::as_bytes("hello")));
        auto piece = co_await both.sockets.a.receive();
        weir::test::expect_size(weir::test::must(std::move(piece)), 5);
        weir::test::expect_success(co_await both.sockets.a.close());
        weir::test::expect_success(co_await both.sockets.b.close());
    }
    co_return is_resumed;
}

weir::task<> sessions_are_resumed() {
    for (const auto version : {weir::tls::version::tls_1_2, weir::tls::version::tls_1_3}) {
        auto trusting = trusting_options();
        trusting.max_version = version;
        auto first = resumes(must_trust(trusting), must_serve(serving_options()));
        const bool is_resumed = co_await std::move(first);
        BOOST_TEST(is_resumed);
        auto forgetful = serving_options();
        forgetful.ticket_lifetime = 0s;
        auto second = resumes(must_trust(trusting), must_serve(forgetful));
        const bool is_resumed_anyway = co_await std::move(second);
        BOOST_TEST(!is_resumed_anyway);
    }
}

weir::task<> a_silent_peer_is_given_up() {
    auto serving = serving_options();
    serving.handshake_timeout = 20ms;
    auto trusting = trusting_options();
    trusting.handshake_timeout = 20ms;
    auto pair = co_await weir::test::tcp_streams::connect();
    const auto accepted = co_await weir::tls::accept(pair.a, must_serve(serving));
    BOOST_TEST((weir::test::error_of(accepted) == std::errc::timed_out));
    auto other = co_await weir::test::tcp_streams::connect();
    const auto connected = co_await weir::tls::connect(other.a, must_trust(trusting), "localhost");
    BOOST_TEST((weir::test::error_of(connected) == std::errc::timed_out));
}

weir::task<> a_name_is_needed() {
    auto pair = co_await weir::test::tcp_streams::connect();
    const auto client = must_trust(trusting_options());
    std::vector<std::string> hosts{"", ".example.com"};
    hosts.emplace_back("6.6.6.6\0.example.com", 20);
    for (const std::string& host : hosts) {
        auto connecting = weir::tls::connect(pair.a, client, host);
        const auto nameless = co_await std::move(connecting);
        BOOST_TEST((weir::test::error_of(nameless) == std::errc::invalid_argument));
    }
}

weir::task<> what_was_sent_behind_the_handshake_arrives() {
    const auto server = must_serve(serving_options());
    const auto client = must_trust(trusting_options());
    auto pair = co_await weir::test::tcp_streams::connect();
    auto ask = [&]() -> weir::task<weir::result<void>> {
        auto connecting = weir::tls::connect(pair.a, client, "localhost");
        const auto info = co_await std::move(connecting);
        if (!info) co_return weir::fail(info.error());
        // With the last flight of the handshake, in one segment.
        co_return co_await pair.a.send_copy(weir::as_bytes("early"));
    };
    auto both = weir::when_all(ask(), weir::tls::accept(pair.b, server));
    auto outcome = co_await both;
    weir::test::expect_success(std::get<0>(outcome));
    auto piece = co_await pair.b.receive();
    weir::test::expect_size(weir::test::must(std::move(piece)), 5);
}

weir::task<> one_call_does_all() {
    auto acceptor = weir::test::listen_on_loopback();
    wanted_certificate wanted;
    wanted.addresses = {"127.0.0.1"};
    const auto server =
        must_serve(weir::tls::server_options(test_authority().issue(wanted).loaded()));
    auto serve = [&]() -> weir::task<weir::result<void>> {
        auto accepting = acceptor.accept();
        auto socket = weir::test::must(co_await accepting);
        const auto info = co_await weir::tls::accept(socket, server);
        if (!info) co_return weir::fail(info.error());
        co_return co_await socket.send_copy(weir::as_bytes("hello"));
    };
    const std::uint16_t port = acceptor.local_endpoint().port();
    auto both = weir::when_all(
        weir::tls::connect_to("127.0.0.1", port, must_trust(trusting_options())), serve());
    auto outcome = co_await both;
    weir::test::expect_success(std::get<1>(outcome));
    auto connected = weir::test::must(std::move(std::get<0>(outcome)));
    BOOST_TEST(connected.info.host.empty());
    auto piece = co_await connected.socket.receive();
    weir::test::expect_size(weir::test::must(std::move(piece)), 5);
}

}  // namespace

BOOST_AUTO_TEST_CASE(both_ends_learn_what_they_have_agreed_on) {
    weir::test::on_reactor(both_know_what_they_agreed_on);
}

BOOST_AUTO_TEST_CASE(each_wrong_certificate_is_refused_by_its_name) {
    const auto& authority = test_authority();
    wanted_certificate expired("localhost");
    expired.begins_in_days = -10;
    expired.ends_in_days = -1;
    check_refusal(authority.issue(expired), "localhost", errc::certificate_expired);
    wanted_certificate future("localhost");
    future.begins_in_days = 1;
    check_refusal(authority.issue(future), "localhost", errc::certificate_not_yet_valid);
    const wanted_certificate good("localhost");
    check_refusal(weir::test::self_signed(good), "localhost", errc::certificate_self_signed);
    const weir::test::certificate_authority stranger("a stranger");
    check_refusal(stranger.issue(good), "localhost", errc::issuer_unknown);
    check_refusal(authority.issue(good), "other.example", errc::host_mismatch);
    check_refusal(authority.issue(good), "127.0.0.1", errc::host_mismatch);
    // Only alternative names count, as RFC 9525 has it: a subject is no name of a host.
    wanted_certificate by_subject;
    by_subject.subject = "localhost";
    check_refusal(authority.issue(by_subject), "localhost", errc::host_mismatch);
    check_refusal(authority.issue(good), "localhost", {});
    check_refusal(authority.issue(good), "LOCALHOST", {});
}

BOOST_AUTO_TEST_CASE(an_address_is_checked_against_addresses_and_wildcards_hold_for_one_label) {
    wanted_certificate wanted("*.example");
    wanted.addresses = {"127.0.0.1", "::1"};
    const pem_pair shown = test_authority().issue(wanted);
    check_refusal(shown, "127.0.0.1", {});
    check_refusal(shown, "::1", {});
    check_refusal(shown, "[::1]", {});
    check_refusal(shown, "127.0.0.2", errc::host_mismatch);
    const pem_pair wild = test_authority().issue(wanted_certificate("*.a.example"));
    check_refusal(wild, "host.a.example", {});
    check_refusal(wild, "x.host.a.example", errc::host_mismatch);
}

BOOST_AUTO_TEST_CASE(a_client_that_must_show_a_certificate_is_known_or_refused) {
    weir::test::on_reactor(clients_show_certificates);
}
BOOST_AUTO_TEST_CASE(the_next_connection_resumes_the_session_where_tickets_are_given) {
    weir::test::on_reactor(sessions_are_resumed);
}
BOOST_AUTO_TEST_CASE(a_peer_that_says_nothing_is_given_up_in_time) {
    weir::test::on_reactor(a_silent_peer_is_given_up);
}
BOOST_AUTO_TEST_CASE(without_a_host_there_is_nobody_to_expect) {
    weir::test::on_reactor(a_name_is_needed);
}
BOOST_AUTO_TEST_CASE(bytes_behind_the_handshake_are_not_lost) {
    weir::test::on_reactor(what_was_sent_behind_the_handshake_arrives);
}
BOOST_AUTO_TEST_CASE(name_connection_and_handshake_are_one_call) {
    weir::test::on_reactor(one_call_does_all);
}

BOOST_AUTO_TEST_SUITE_END()
