// SPDX-License-Identifier: Apache-2.0
#include "context_setup.hpp"

#include "certificate_state.hpp"
#include "key_schedule.hpp"

#include <openssl/err.h>

#include <new>

namespace weir::tls {
namespace {

constexpr int security_level = 2;  // 112 bits: RSA 2048, no SHA-1 signatures

unexpected<configuration_error> wrong(const std::string& what) {
    return fail(configuration_error(what + ": " + take_openssl_error()));
}

int number_of(version named) noexcept {
    return named == version::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

/// With issuers that are trusted here, as far as they are known; but for the root.
void complete_chain(SSL_CTX* context) {
    constexpr int what_there_is = SSL_BUILD_CHAIN_FLAG_NO_ROOT | SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR;
    static_cast<void>(SSL_CTX_build_cert_chain(context, what_there_is));
    ERR_clear_error();
}

}  // namespace

result<ssl_ctx_ptr, configuration_error> make_strict_context(const SSL_METHOD* method,
                                                             version lowest, version highest) {
    if (lowest > highest) {
        return fail(configuration_error("min_version is higher than max_version"));
    }
    ssl_ctx_ptr made(SSL_CTX_new_ex(nullptr, key_schedule_properties(), method));
    if (made == nullptr) throw std::bad_alloc();
    SSL_CTX_set_security_level(made.get(), security_level);
    SSL_CTX_set_min_proto_version(made.get(), number_of(lowest));
    SSL_CTX_set_max_proto_version(made.get(), number_of(highest));
    SSL_CTX_set_options(made.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                        SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_max_early_data(made.get(), 0);
    // OpenSSL would look for the rest of a chain in each handshake anew.
    SSL_CTX_set_mode(made.get(), SSL_MODE_NO_AUTO_CHAIN);
    return made;
}

result<void, configuration_error> show_certificate(SSL_CTX* context, const certificate& own) {
    const certificate::state& loaded = own.loaded();
    if (SSL_CTX_use_certificate(context, loaded.own.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context, loaded.key.get()) != 1) {
        return wrong("a certificate cannot be used");
    }
    for (const x509_ptr& issuer : loaded.issuers) {
        if (SSL_CTX_add1_chain_cert(context, issuer.get()) != 1) {
            return wrong("an issuer's certificate cannot be used");
        }
    }
    if (loaded.issuers.empty()) complete_chain(context);
    return {};
}

result<void, configuration_error> believe(SSL_CTX* context, const trust& whom) {
    if (whom.has_system() && SSL_CTX_set_default_verify_paths(context) != 1) {
        return wrong("the system's trusted certificates cannot be read");
    }
    if (whom.pem().empty()) {
        if (whom.has_system()) return {};
        return fail(configuration_error("nobody is trusted: there is no certificate"));
    }
    auto certificates = read_certificates(whom.pem());
    if (!certificates) {
        return fail(configuration_error("trusted certificates: " + certificates.error().what()));
    }
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    for (const x509_ptr& each : *certificates) {
        if (X509_STORE_add_cert(store, each.get()) != 1) {
            return wrong("a trusted certificate cannot be used");
        }
    }
    return {};
}

result<std::string, configuration_error> encode_protocols(
    const std::vector<std::string>& protocols) {
    constexpr std::size_t max_name_bytes = 255;
    constexpr std::size_t max_list_bytes = 65535;
    std::string encoded;
    for (const std::string& each : protocols) {
        if (each.empty() || each.size() > max_name_bytes) {
            return fail(configuration_error("an application protocol has 1 to 255 bytes"));
        }
        encoded += static_cast<char>(static_cast<unsigned char>(each.size()));
        encoded += each;
    }
    if (encoded.size() > max_list_bytes) {
        return fail(configuration_error("the application protocols are too many"));
    }
    return encoded;
}

}  // namespace weir::tls
