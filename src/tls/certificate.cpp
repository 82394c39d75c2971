// SPDX-License-Identifier: Apache-2.0
#include <weir/tls/certificate.hpp>

#include "certificate_state.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace weir::tls {
namespace {

constexpr std::size_t max_pem_bytes = 4 * 1024 * 1024;

bio_ptr open_text(std::string_view text) {
    return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// A key that needs a pass phrase is an error, not a question on the terminal.
int refuse_pass_phrase(char*, int, int, void*) { return -1; }

using general_names_ptr = std::unique_ptr<GENERAL_NAMES, openssl_free<GENERAL_NAMES_free>>;

std::vector<std::string> host_names_of(X509* own) {
    std::vector<std::string> names;
    const general_names_ptr listed(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(own, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; i < sk_GENERAL_NAME_num(listed.get()); ++i) {
        const GENERAL_NAME* each = sk_GENERAL_NAME_value(listed.get(), i);
        if (each->type != GEN_DNS) continue;
        std::string name(reinterpret_cast<const char*>(ASN1_STRING_get0_data(each->d.dNSName)),
                         static_cast<std::size_t>(ASN1_STRING_length(each->d.dNSName)));
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
            return static_cast<char>(std::tolower(letter));
        });
        names.push_back(std::move(name));
    }
    return names;
}

unexpected<configuration_error> wrong(std::string what) {
    return fail(configuration_error(std::move(what)));
}

}  // namespace

bool certificate::state::is_for(std::string_view host) const noexcept {
    return std::any_of(names.begin(), names.end(), [host](std::string_view name) {
        if (name == host) return true;
        if (!name.starts_with("*.")) return false;
        const std::size_t first_label = host.find('.');
        return first_label != 0 && first_label != std::string_view::npos &&
               host.substr(first_label) == name.substr(1);
    });
}

result<std::string, configuration_error> read_pem_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return wrong("cannot read " + path + ": " + std::strerror(errno));
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.size() > max_pem_bytes) return wrong(path + " is larger than 4 MiB");
    return text;
}

result<std::vector<x509_ptr>, configuration_error> read_certificates(std::string_view pem) {
    const bio_ptr text = open_text(pem);
    std::vector<x509_ptr> found;
    ERR_clear_error();
    while (X509* next = PEM_read_bio_X509(text.get(), nullptr, &refuse_pass_phrase, nullptr)) {
        found.emplace_back(next);
    }
    const unsigned long last = ERR_peek_last_error();
    const bool is_end =
        ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    const std::string reason = take_openssl_error();
    if (!is_end) return wrong("a certificate is malformed: " + reason);
    if (found.empty()) return wrong("there is no certificate");
    return found;
}

result<certificate, configuration_error> certificate::from_pem(std::string_view chain,
                                                               std::string_view key) {
    auto certificates = read_certificates(chain);
    if (!certificates) return fail(certificates.error());
    auto loaded = std::make_shared<state>();
    const bio_ptr text = open_text(key);
    loaded->key.reset(PEM_read_bio_PrivateKey(text.get(), nullptr, &refuse_pass_phrase, nullptr));
    if (loaded->key == nullptr) {
        return wrong("the private key is missing, encrypted or malformed: " + take_openssl_error());
    }
    loaded->own = std::move(certificates->front());
    certificates->erase(certificates->begin());
    loaded->issuers = std::move(*certificates);
    if (X509_check_private_key(loaded->own.get(), loaded->key.get()) != 1) {
        static_cast<void>(take_openssl_error());
        return wrong("the private key is not that of the certificate");
    }
    loaded->names = host_names_of(loaded->own.get());
    return certificate(std::move(loaded));
}

result<certificate, configuration_error> certificate::from_files(const std::string& chain_path,
                                                                 const std::string& key_path) {
    auto chain = read_pem_file(chain_path);
    if (!chain) return fail(chain.error());
    auto key = read_pem_file(key_path);
    if (!key) return fail(key.error());
    struct stat about{};
    const bool is_known = ::stat(key_path.c_str(), &about) == 0;
    if (is_known && S_ISREG(about.st_mode) && (about.st_mode & S_IRWXO) != 0) {
        OPENSSL_cleanse(key->data(), key->size());
        return wrong(key_path + " can be read by everybody: chmod o= it");
    }
    auto made = from_pem(*chain, *key);
    OPENSSL_cleanse(key->data(), key->size());
    if (!made) return wrong(chain_path + ", " + key_path + ": " + made.error().what());
    return made;
}

}  // namespace weir::tls
