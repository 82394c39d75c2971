// SPDX-License-Identifier: Apache-2.0
#include "ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace weir::tls {

ticket_keys::~ticket_keys() {
    forget(newest_);
    forget(older_);
}

void ticket_keys::forget(std::optional<key>& old) noexcept {
    if (old) OPENSSL_cleanse(&*old, sizeof *old);
    old.reset();
}

void ticket_keys::renew(time_point now) {
    const std::lock_guard lock(mutex_);
    if (newest_ && now - newest_since_ < lifetime_) return;
    const bool is_ancient = newest_ && now - newest_since_ >= 2 * lifetime_;
    forget(older_);
    if (!is_ancient) older_ = newest_;
    forget(newest_);
    key fresh;
    if (RAND_bytes(fresh.name.data(), static_cast<int>(fresh.name.size())) != 1 ||
        RAND_bytes(fresh.cipher.data(), static_cast<int>(fresh.cipher.size())) != 1 ||
        RAND_bytes(fresh.mac.data(), static_cast<int>(fresh.mac.size())) != 1) {
        throw std::runtime_error("OpenSSL has no random numbers");
    }
    newest_ = fresh;
    OPENSSL_cleanse(&fresh, sizeof fresh);
    newest_since_ = now;
}

bool ticket_keys::set_mac(EVP_MAC_CTX* mac, const key& with) {
    char digest[] = "SHA256";
    // OpenSSL asks for a pointer to non-const and only reads.
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(
            OSSL_MAC_PARAM_KEY, const_cast<unsigned char*>(with.mac.data()), with.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

int ticket_keys::seal(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                      EVP_MAC_CTX* mac) {
    const std::lock_guard lock(mutex_);
    if (!newest_) return 0;
    std::copy(newest_->name.begin(), newest_->name.end(), name);
    const EVP_CIPHER* const aes = EVP_aes_256_cbc();
    if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(aes)) != 1) return -1;
    if (EVP_EncryptInit_ex(cipher, aes, nullptr, newest_->cipher.data(), iv) != 1) return -1;
    return set_mac(mac, *newest_) ? 1 : -1;
}

int ticket_keys::open(const unsigned char* name, const unsigned char* iv, EVP_CIPHER_CTX* cipher,
                      EVP_MAC_CTX* mac) {
    const std::lock_guard lock(mutex_);
    const auto is_named = [name](const std::optional<key>& each) {
        return each && std::equal(each->name.begin(), each->name.end(), name);
    };
    const bool is_newest = is_named(newest_);
    if (!is_newest && !is_named(older_)) return 0;
    const key& found = is_newest ? *newest_ : *older_;
    if (!set_mac(mac, found)) return -1;
    if (EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found.cipher.data(), iv) != 1) {
        return -1;
    }
    return is_newest ? 1 : 2;
}

}  // namespace weir::tls
