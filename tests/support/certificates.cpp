// SPDX-License-Identifier: Apache-2.0
#include "certificates.hpp"

#include "tls/openssl.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace weir::test {
namespace {

using tls::bio_ptr;
using tls::private_key_ptr;
using tls::x509_ptr;

constexpr long day_seconds = 24L * 60 * 60;

void demand(bool holds) {
    if (!holds) throw std::runtime_error("OpenSSL: " + tls::take_openssl_error());
}

std::string text_of(const bio_ptr& written) {
    char* begin = nullptr;
    const long size = BIO_get_mem_data(written.get(), &begin);
    return std::string(begin, static_cast<std::size_t>(size));
}
std::string pem_of(X509* certificate) {
    const bio_ptr out(BIO_new(BIO_s_mem()));
    demand(PEM_write_bio_X509(out.get(), certificate) == 1);
    return text_of(out);
}
std::string pem_of(EVP_PKEY* key) {
    const bio_ptr out(BIO_new(BIO_s_mem()));
    demand(PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(out);
}

void add_extension(X509* to, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, nullptr, to, nullptr, nullptr, 0);
    X509_EXTENSION* made = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    demand(made != nullptr);
    X509_add_ext(to, made, -1);
    X509_EXTENSION_free(made);
}

std::string alternative_names(const wanted_certificate& wanted) {
    std::string list;
    for (const std::string& name : wanted.names) list += (list.empty() ? "DNS:" : ",DNS:") + name;
    for (const std::string& ip : wanted.addresses) list += (list.empty() ? "IP:" : ",IP:") + ip;
    return list;
}

/// All but the signature.
x509_ptr draft(const wanted_certificate& wanted, EVP_PKEY* key) {
    static long serial = 1000;
    x509_ptr made(X509_new());
    X509* x509 = made.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x509), wanted.begins_in_days * day_seconds);
    X509_gmtime_adj(X509_getm_notAfter(x509), wanted.ends_in_days * day_seconds);
    X509_set_pubkey(x509, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wanted.subject.c_str()), -1,
                               -1, 0);
    const std::string names = alternative_names(wanted);
    if (!names.empty()) add_extension(x509, NID_subject_alt_name, names);
    return made;
}

pem_pair signed_pair(const wanted_certificate& wanted, X509* issuer, EVP_PKEY* issuer_key) {
    const private_key_ptr key(EVP_EC_gen("P-256"));
    const x509_ptr made = draft(wanted, key.get());
    X509* by = issuer == nullptr ? made.get() : issuer;
    X509_set_issuer_name(made.get(), X509_get_subject_name(by));
    EVP_PKEY* with = issuer_key == nullptr ? key.get() : issuer_key;
    demand(X509_sign(made.get(), with, EVP_sha256()) > 0);
    pem_pair pair;
    pair.chain = pem_of(made.get());
    pair.key = pem_of(key.get());
    return pair;
}

}  // namespace

tls::certificate pem_pair::loaded() const {
    auto made = tls::certificate::from_pem(chain, key);
    if (!made) throw std::runtime_error(made.error().what());
    return *made;
}

class certificate_authority::keys {
public:
    private_key_ptr key;
    x509_ptr own;
    std::string pem;
};

certificate_authority::certificate_authority(const std::string& name)
    : keys_(std::make_unique<keys>()) {
    keys_->key.reset(EVP_EC_gen("P-256"));
    wanted_certificate wanted;
    wanted.subject = name;
    keys_->own = draft(wanted, keys_->key.get());
    X509* own = keys_->own.get();
    add_extension(own, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own, NID_key_usage, "critical,keyCertSign");
    X509_set_issuer_name(own, X509_get_subject_name(own));
    demand(X509_sign(own, keys_->key.get(), EVP_sha256()) > 0);
    keys_->pem = pem_of(own);
}

certificate_authority::~certificate_authority() = default;

const std::string& certificate_authority::pem() const noexcept { return keys_->pem; }

pem_pair certificate_authority::issue(const wanted_certificate& wanted) const {
    return signed_pair(wanted, keys_->own.get(), keys_->key.get());
}

pem_pair self_signed(const wanted_certificate& wanted) {
    return signed_pair(wanted, nullptr, nullptr);
}

}  // namespace weir::test
