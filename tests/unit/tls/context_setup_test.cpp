// SPDX-License-Identifier: Apache-2.0
// The settings that servers and clients share: what the wire and OpenSSL get to see of them.
#include "tls/context_setup.hpp"

#include "certificates.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(context_setup_test)

BOOST_AUTO_TEST_CASE(protocols_stand_behind_their_lengths) {
    const auto encoded = weir::tls::encode_protocols({"h2", "http/1.1"});
    BOOST_REQUIRE(encoded.has_value());
    BOOST_TEST(*encoded == "\x02h2\x08http/1.1");
    BOOST_TEST(weir::tls::encode_protocols({})->empty());
}

BOOST_AUTO_TEST_CASE(what_is_known_to_be_weak_is_off) {
    using weir::tls::version;
    const auto made =
        weir::tls::make_strict_context(TLS_method(), version::tls_1_2, version::tls_1_3);
    BOOST_REQUIRE(made.has_value());
    const auto options = SSL_CTX_get_options(made->get());
    BOOST_TEST((options & SSL_OP_NO_COMPRESSION) != 0U);
    BOOST_TEST((options & SSL_OP_NO_RENEGOTIATION) != 0U);
    BOOST_TEST(SSL_CTX_get_security_level(made->get()) == 2);
    BOOST_TEST(SSL_CTX_get_min_proto_version(made->get()) == TLS1_2_VERSION);
    BOOST_TEST(SSL_CTX_get_max_proto_version(made->get()) == TLS1_3_VERSION);
    BOOST_TEST(SSL_CTX_get_max_early_data(made->get()) == 0U);
}

BOOST_AUTO_TEST_CASE(an_authority_that_is_named_twice_is_no_error) {
    const weir::test::certificate_authority authority;
    const auto made = weir::tls::make_strict_context(TLS_method(), weir::tls::version::tls_1_2,
                                                     weir::tls::version::tls_1_3);
    const auto trusted = weir::tls::trust::only(authority.pem() + authority.pem());
    BOOST_TEST(weir::tls::believe(made->get(), trusted).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
