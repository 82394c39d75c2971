// SPDX-License-Identifier: Apache-2.0
#include "verdict.hpp"

#include <weir/tls/error.hpp>

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>

namespace weir::tls {

std::error_code verdict_of_certificate(long verification) noexcept {
    switch (verification) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return errc::certificate_expired;
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return errc::certificate_not_yet_valid;
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return errc::certificate_self_signed;
        case X509_V_ERR_CERT_REVOKED:
            return errc::certificate_revoked;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return errc::issuer_unknown;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return errc::host_mismatch;
        default:
            return errc::certificate_rejected;
    }
}

namespace {

std::error_code verdict_of_reason(int reason) noexcept {
    switch (reason) {
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_VERSION_TOO_LOW:
        case SSL_R_VERSION_TOO_HIGH:
        case SSL_R_UNKNOWN_PROTOCOL:
        case SSL_R_UNKNOWN_SSL_VERSION:
        case SSL_R_WRONG_SSL_VERSION:
        case SSL_R_INAPPROPRIATE_FALLBACK:
            return errc::no_common_version;
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_SUITABLE_GROUPS:
        case SSL_R_NO_SUITABLE_KEY_SHARE:
        case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
        case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
            return errc::no_common_cipher;
        case SSL_R_NO_APPLICATION_PROTOCOL:
            return errc::no_common_protocol;
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return errc::certificate_missing;
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
            return errc::not_tls;
        case SSL_R_NO_RENEGOTIATION:
            return errc::renegotiation_refused;
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            return errc::truncated;
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
        case SSL_R_BAD_RECORD_TYPE:
        case SSL_R_UNEXPECTED_RECORD:
        case SSL_R_UNEXPECTED_MESSAGE:
        case SSL_R_DATA_LENGTH_TOO_LONG:
        case SSL_R_ENCRYPTED_LENGTH_TOO_LONG:
        case SSL_R_LENGTH_TOO_SHORT:
        case SSL_R_BAD_LENGTH:
        case SSL_R_RECORD_TOO_SMALL:
            return errc::bad_record;
        default:
            return errc::handshake_failed;
    }
}

}  // namespace

std::error_code verdict_of(SSL* ssl) noexcept {
    const unsigned long first = ERR_peek_error();
    ERR_clear_error();
    const int reason = ERR_GET_REASON(first);
    if (ERR_GET_LIB(first) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET) {
        return {reason - SSL_AD_REASON_OFFSET, alert_category()};
    }
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        return verdict_of_certificate(SSL_get_verify_result(ssl));
    }
    const std::error_code verdict = verdict_of_reason(reason);
    // After the handshake nothing of it can fail.
    const bool is_open = SSL_is_init_finished(ssl) == 1;
    return is_open && verdict == errc::handshake_failed ? errc::bad_record : verdict;
}

}  // namespace weir::tls
