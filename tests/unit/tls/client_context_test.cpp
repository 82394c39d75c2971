// SPDX-License-Identifier: Apache-2.0
// client_context: sessions are kept for their host and used once; who is not trusted is refused.
#include <weir/tls/context.hpp>

#include "engine_pair.hpp"

#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(client_context_test)

namespace {

using weir::test::certificate_authority;
using weir::test::engine_pair;
using weir::test::wanted_certificate;
using weir::tls::client_context;
using weir::tls::client_options;

const certificate_authority& authority() {
    static const certificate_authority made;
    return made;
}
weir::tls::server_context server() {
    return weir::test::serving(
        weir::tls::server_options(authority().issue(wanted_certificate("localhost")).loaded()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(sessions_are_kept_under_the_name_of_their_host) {
    for (const auto version : {weir::tls::version::tls_1_2, weir::tls::version::tls_1_3}) {
        client_options options;
        options.min_version = options.max_version = version;
        const client_context client = weir::test::trusting(authority().pem(), options);
        const auto serving = server();
        engine_pair first(client, serving);
        weir::tls::set_session_host(first.client.engine.native(), "localhost");
        first.shake();
        BOOST_REQUIRE(first.is_agreed);
        auto& sessions = client.shared()->sessions;
        BOOST_TEST(sessions.size() >= 1U);
        BOOST_TEST((sessions.take("elsewhere") == nullptr));
        const auto kept = sessions.take("localhost");
        BOOST_REQUIRE((kept != nullptr));
        engine_pair second(client, serving);
        SSL_set_session(second.client.engine.native(), kept.get());
        second.shake();
        BOOST_TEST(second.is_agreed);
        BOOST_TEST(SSL_session_reused(second.client.engine.native()) == 1);
        BOOST_TEST(SSL_session_reused(second.server.engine.native()) == 1);
    }
}

BOOST_AUTO_TEST_CASE(without_room_no_session_is_kept) {
    client_options options;
    options.max_sessions = 0;
    const client_context client = weir::test::trusting(authority().pem(), options);
    engine_pair pair(client, server());
    weir::tls::set_session_host(pair.client.engine.native(), "localhost");
    pair.shake();
    BOOST_TEST(pair.is_agreed);
    BOOST_TEST(client.shared()->sessions.size() == 0U);
}

BOOST_AUTO_TEST_CASE(whom_nobody_trusted_has_signed_is_refused_and_told) {
    const certificate_authority stranger("a stranger");
    const client_context client = weir::test::trusting(stranger.pem());
    engine_pair pair(client, server());
    pair.shake();
    BOOST_TEST(!pair.is_agreed);
    BOOST_TEST((pair.client.engine.error() == weir::tls::errc::issuer_unknown));
    // Its alert reaches the server.
    BOOST_TEST((pair.server.shake(pair.client.take_sent()) == weir::tls::engine::step::failed));
    BOOST_TEST((pair.server.engine.error().category() == weir::tls::alert_category()));
    BOOST_TEST(pair.server.engine.error().message() == "the peer refused: unknown CA");
}

BOOST_AUTO_TEST_CASE(trust_in_nobody_is_an_error) {
    client_options options;
    options.trusted = weir::tls::trust::only("");
    const auto made = client_context::make(options);
    BOOST_REQUIRE(!made);
    BOOST_TEST(made.error().what() == "nobody is trusted: there is no certificate");
}

BOOST_AUTO_TEST_SUITE_END()
