// SPDX-License-Identifier: Apache-2.0
#include <weir/tls/error.hpp>

#include <openssl/ssl.h>

namespace weir::tls {
namespace {

const char* describe(errc error) noexcept {
    switch (error) {
        case errc::certificate_expired:
            return "the peer's certificate has expired";
        case errc::certificate_not_yet_valid:
            return "the peer's certificate is not valid yet";
        case errc::certificate_self_signed:
            return "the peer's certificate is self-signed and not trusted";
        case errc::certificate_revoked:
            return "the peer's certificate was revoked";
        case errc::certificate_rejected:
            return "the peer's certificate is not acceptable";
        case errc::certificate_missing:
            return "the peer sent no certificate";
        case errc::issuer_unknown:
            return "nobody who is trusted has signed the peer's certificate";
        case errc::host_mismatch:
            return "the peer's certificate is for another host";
        case errc::no_common_version:
            return "no common version of TLS";
        case errc::no_common_cipher:
            return "no common cipher or key exchange";
        case errc::no_common_protocol:
            return "no common application protocol (ALPN)";
        case errc::not_tls:
            return "the peer does not speak TLS";
        case errc::renegotiation_refused:
            return "the peer asked for a new handshake";
        case errc::bad_record:
            return "a TLS record was malformed or changed on its way";
        case errc::truncated:
            return "the TLS stream was cut off";
        case errc::handshake_failed:
            return "the TLS handshake failed";
        case errc::new_keys_refused:
            return "the peer asked for new keys of a connection that the kernel seals";
    }
    return "unknown TLS error";
}

class tls_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "tls"; }
    [[nodiscard]] std::string message(int value) const override {
        return describe(static_cast<errc>(value));
    }
};

/// OpenSSL does not know the names of the newest.
const char* name_of_alert(int value) noexcept {
    constexpr int missing_extension = 109;
    constexpr int certificate_required = 116;
    constexpr int no_application_protocol = 120;
    switch (value) {
        case missing_extension:
            return "missing extension";
        case certificate_required:
            return "certificate required";
        case no_application_protocol:
            return "no application protocol";
        default:
            return SSL_alert_desc_string_long(value);
    }
}

class peer_alert_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "tls alert"; }
    [[nodiscard]] std::string message(int value) const override {
        return std::string("the peer refused: ") + name_of_alert(value);
    }
};

}  // namespace

const std::error_category& category() noexcept {
    static const tls_category instance;
    return instance;
}

const std::error_category& alert_category() noexcept {
    static const peer_alert_category instance;
    return instance;
}

}  // namespace weir::tls
