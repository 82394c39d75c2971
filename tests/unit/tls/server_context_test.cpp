// SPDX-License-Identifier: Apache-2.0
// server_context: which certificate is shown, which protocol is chosen, what is refused to be set.
#include <weir/tls/context.hpp>

#include "engine_pair.hpp"
#include "tls/record_engine.hpp"

#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(server_context_test)

namespace {

using weir::test::certificate_authority;
using weir::test::engine_pair;
using weir::test::wanted_certificate;
using weir::tls::client_context;
using weir::tls::server_context;
using weir::tls::server_options;

const certificate_authority& authority() {
    static const certificate_authority made;
    return made;
}
server_options options_for(const std::string& host) {
    return server_options(authority().issue(wanted_certificate(host)).loaded());
}

std::string subject_shown_for(const server_context& server, const char* host) {
    const client_context client = weir::test::trusting(authority().pem());
    engine_pair pair(client, server);
    if (host != nullptr) SSL_set_tlsext_host_name(pair.client.engine.native(), host);
    pair.shake();
    if (!pair.is_agreed) return "no agreement";
    char name[100];
    X509* shown = SSL_get0_peer_certificate(pair.client.engine.native());
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof name);
    return name;
}

/// What both agree on; or the error of the server.
std::string protocol_between(const std::vector<std::string>& ours,
                             const std::vector<std::string>& theirs) {
    server_options serving = options_for("localhost");
    serving.protocols = ours;
    weir::tls::client_options asking;
    asking.protocols = theirs;
    const client_context client = weir::test::trusting(authority().pem(), asking);
    engine_pair pair(client, weir::test::serving(serving));
    pair.shake();
    if (!pair.is_agreed) return pair.server.engine.error().message();
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(pair.client.engine.native(), &name, &size);
    return std::string(reinterpret_cast<const char*>(name), size);
}

std::string why_not(server_options options) {
    const auto made = server_context::make(std::move(options));
    return made ? "" : made.error().what();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_chain_is_what_was_given_and_no_more) {
    // It could be made longer with what is trusted, in each handshake anew.
    server_options options = options_for("localhost");
    options.clients = weir::tls::client_certificates::asked;
    options.client_trust = weir::tls::trust::only(authority().pem());
    engine_pair pair(weir::test::trusting(authority().pem()), weir::test::serving(options));
    pair.shake();
    BOOST_REQUIRE(pair.is_agreed);
    BOOST_TEST(sk_X509_num(SSL_get_peer_cert_chain(pair.client.engine.native())) == 1);
}

BOOST_AUTO_TEST_CASE(the_host_that_is_asked_for_picks_the_certificate) {
    server_options options = options_for("first.example");
    options.certificates.push_back(
        authority().issue(wanted_certificate("second.example")).loaded());
    options.certificates.push_back(
        authority().issue(wanted_certificate("*.third.example")).loaded());
    const server_context server = weir::test::serving(options);
    BOOST_TEST(subject_shown_for(server, "second.example") == "second.example");
    BOOST_TEST(subject_shown_for(server, "SECOND.example") == "second.example");
    BOOST_TEST(subject_shown_for(server, "a.third.example") == "*.third.example");
    BOOST_TEST(subject_shown_for(server, "first.example") == "first.example");
    BOOST_TEST(subject_shown_for(server, "unknown.example") == "first.example");
    BOOST_TEST(subject_shown_for(server, nullptr) == "first.example");
}

BOOST_AUTO_TEST_CASE(other_certificates_are_shown_from_then_on_and_none_is_lost_by_an_error) {
    server_context server = weir::test::serving(options_for("old.example"));
    engine_pair before(weir::test::trusting(authority().pem()), server);
    const auto next = authority().issue(wanted_certificate("new.example")).loaded();
    BOOST_TEST(server.replace_certificates({next}).has_value());
    BOOST_TEST(subject_shown_for(server, nullptr) == "new.example");
    before.shake();  // had begun before
    BOOST_TEST(before.is_agreed);
    BOOST_TEST(!server.replace_certificates({}).has_value());
    BOOST_TEST(subject_shown_for(server, nullptr) == "new.example");
}

BOOST_AUTO_TEST_CASE(the_servers_first_protocol_that_the_client_offers_is_chosen) {
    BOOST_TEST(protocol_between({"b", "a"}, {"a", "b"}) == "b");
    BOOST_TEST(protocol_between({"http/1.1"}, {"h2", "http/1.1"}) == "http/1.1");
    BOOST_TEST(protocol_between({"http/1.1"}, {}) == "");
    BOOST_TEST(protocol_between({}, {"http/1.1"}) == "");
    BOOST_TEST(protocol_between({"http/1.1"}, {"h2"}) ==
               make_error_code(weir::tls::errc::no_common_protocol).message());
}

BOOST_AUTO_TEST_CASE(versions_that_do_not_meet_are_named) {
    server_options serving = options_for("localhost");
    serving.min_version = weir::tls::version::tls_1_3;
    weir::tls::client_options asking;
    asking.max_version = weir::tls::version::tls_1_2;
    engine_pair pair(weir::test::trusting(authority().pem(), asking), weir::test::serving(serving));
    pair.shake();
    BOOST_TEST(!pair.is_agreed);
    BOOST_TEST((pair.server.engine.error() == weir::tls::errc::no_common_version));
}

BOOST_AUTO_TEST_CASE(a_ticket_does_not_outlive_the_certificate_that_its_client_has_shown) {
    server_options serving = options_for("localhost");
    serving.clients = weir::tls::client_certificates::required;
    serving.client_trust = weir::tls::trust::only(authority().pem());
    const server_context server = weir::test::serving(serving);
    for (const int ends_in_days : {30, -1}) {
        wanted_certificate wanted("a client");
        wanted.begins_in_days = -10;
        wanted.ends_in_days = ends_in_days;
        weir::tls::client_options asking;
        asking.own = authority().issue(wanted).loaded();
        const client_context client = weir::test::trusting(authority().pem(), asking);
        engine_pair first(client, server);
        // As if this had been while the certificate was good.
        X509_VERIFY_PARAM_set_flags(SSL_get0_param(first.server.engine.native()),
                                    X509_V_FLAG_NO_CHECK_TIME);
        weir::tls::set_session_host(first.client.engine.native(), "localhost");
        first.shake();
        BOOST_REQUIRE(first.is_agreed);
        const auto session = client.shared()->sessions.take("localhost");
        BOOST_REQUIRE((session != nullptr));
        engine_pair second(client, server);
        SSL_set_session(second.client.engine.native(), session.get());
        second.shake();
        const bool is_good = ends_in_days > 0;
        BOOST_TEST(second.is_agreed == is_good);
        BOOST_TEST((SSL_session_reused(second.server.engine.native()) == 1) == is_good);
        const std::error_code expected =
            is_good ? std::error_code() : make_error_code(weir::tls::errc::certificate_expired);
        BOOST_TEST(second.server.engine.error() == expected);
    }
}

BOOST_AUTO_TEST_CASE(who_resumes_gets_the_ticket_of_the_next_time) {
    const server_context server = weir::test::serving(options_for("localhost"));
    const client_context client = weir::test::trusting(authority().pem());
    std::size_t tickets = 0;
    for (int i = 0; i < 4; ++i) {
        engine_pair pair(client, server);
        SSL* const asking = pair.client.engine.native();
        weir::tls::set_session_host(asking, "localhost");
        const auto newest = client.shared()->sessions.take("localhost");
        if (newest != nullptr) SSL_set_session(asking, newest.get());
        pair.shake();
        BOOST_REQUIRE(pair.is_agreed);
        BOOST_TEST((SSL_session_reused(asking) == 1) == (i > 0));
        if (i > 0) BOOST_TEST(client.shared()->sessions.size() == tickets);
        tickets = client.shared()->sessions.size();
        // Its record was counted: what follows is read.
        const auto light = weir::tls::record_engine::take_over(pair.server.engine);
        BOOST_REQUIRE(light != nullptr);
        const auto written = light->write(weir::as_bytes("welcome"), pair.server.wire);
        BOOST_REQUIRE((written == weir::tls::record_engine::step::done));
        BOOST_TEST(pair.client.read(pair.server.take_sent()) == "welcome");
    }
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_are_refused_with_their_name) {
    server_options options = options_for("localhost");
    options.protocols = {""};
    BOOST_TEST(why_not(options) == "an application protocol has 1 to 255 bytes");
    options.protocols = {std::string(256, 'x')};
    BOOST_TEST(why_not(options) == "an application protocol has 1 to 255 bytes");
    options.protocols.assign(300, std::string(255, 'x'));
    BOOST_TEST(why_not(options) == "the application protocols are too many");
    options.protocols.clear();
    options.clients = weir::tls::client_certificates::required;
    BOOST_TEST(why_not(options).find("client_trust") != std::string::npos);
    options.client_trust = weir::tls::trust::only("nonsense");
    BOOST_TEST(why_not(options) == "trusted certificates: there is no certificate");
    options.client_trust = weir::tls::trust::only("");
    BOOST_TEST(why_not(options) == "nobody is trusted: there is no certificate");
    options = options_for("localhost");
    options.min_version = weir::tls::version::tls_1_3;
    options.max_version = weir::tls::version::tls_1_2;
    BOOST_TEST(why_not(options) == "min_version is higher than max_version");
    options = options_for("localhost");
    options.ticket_lifetime = std::chrono::seconds(-1);
    BOOST_TEST(why_not(options) == "ticket_lifetime is negative or longer than 7 days");
    options.ticket_lifetime = std::chrono::seconds::max();
    BOOST_TEST(why_not(options) == "ticket_lifetime is negative or longer than 7 days");
}

BOOST_AUTO_TEST_SUITE_END()
