// SPDX-License-Identifier: Apache-2.0
// verdict_of: what OpenSSL says, in our terms; what nobody has named is still an error.
#include "tls/verdict.hpp"

#include <weir/tls/error.hpp>

#include <openssl/err.h>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(verdict_test)

namespace {

using weir::tls::errc;

std::error_code verdict_on(int reason) {
    const weir::tls::ssl_ctx_ptr context(SSL_CTX_new(TLS_method()));
    const weir::tls::ssl_ptr ssl(SSL_new(context.get()));
    ERR_clear_error();
    if (reason != 0) ERR_raise(ERR_LIB_SSL, reason);
    return weir::tls::verdict_of(ssl.get());
}

}  // namespace

BOOST_AUTO_TEST_CASE(certificates_are_judged_by_name) {
    const auto on = &weir::tls::verdict_of_certificate;
    BOOST_TEST((on(X509_V_ERR_CERT_HAS_EXPIRED) == errc::certificate_expired));
    BOOST_TEST((on(X509_V_ERR_CERT_NOT_YET_VALID) == errc::certificate_not_yet_valid));
    BOOST_TEST((on(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN) == errc::certificate_self_signed));
    BOOST_TEST((on(X509_V_ERR_CERT_REVOKED) == errc::certificate_revoked));
    BOOST_TEST((on(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT) == errc::issuer_unknown));
    BOOST_TEST((on(X509_V_ERR_IP_ADDRESS_MISMATCH) == errc::host_mismatch));
    BOOST_TEST((on(X509_V_ERR_EE_KEY_TOO_SMALL) == errc::certificate_rejected));
}

BOOST_AUTO_TEST_CASE(reasons_are_judged_by_name_and_none_is_no_error) {
    BOOST_TEST((verdict_on(SSL_R_UNSUPPORTED_PROTOCOL) == errc::no_common_version));
    BOOST_TEST((verdict_on(SSL_R_NO_SHARED_CIPHER) == errc::no_common_cipher));
    BOOST_TEST((verdict_on(SSL_R_HTTP_REQUEST) == errc::not_tls));
    BOOST_TEST((verdict_on(SSL_R_UNEXPECTED_EOF_WHILE_READING) == errc::truncated));
    BOOST_TEST((verdict_on(SSL_R_BAD_RECORD_TYPE) == errc::bad_record));
    BOOST_TEST((verdict_on(SSL_R_BAD_DH_VALUE) == errc::handshake_failed));
    BOOST_TEST((verdict_on(0) == errc::handshake_failed));
    constexpr int handshake_failure = 40;
    const std::error_code alert = verdict_on(SSL_AD_REASON_OFFSET + handshake_failure);
    BOOST_TEST((alert == std::error_code(handshake_failure, weir::tls::alert_category())));
}

BOOST_AUTO_TEST_SUITE_END()
