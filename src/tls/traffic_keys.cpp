// SPDX-License-Identifier: Apache-2.0
#include "traffic_keys.hpp"

#include "hkdf.hpp"
#include "kernel_keys.hpp"
#include "thread_ciphers.hpp"

#include <weir/base/assert.hpp>
#include <weir/base/byte_writer.hpp>

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace weir::tls {
namespace {

constexpr std::size_t tag_bytes = 16;
constexpr std::uint16_t legacy_version = 0x0303;

unsigned char* raw(std::byte* at) noexcept { return reinterpret_cast<unsigned char*>(at); }
const unsigned char* raw(const std::byte* at) noexcept {
    return reinterpret_cast<const unsigned char*>(at);
}
int size_of(bytes data) noexcept { return static_cast<int>(data.size()); }

std::size_t key_bytes_of(cipher_suite suite) noexcept {
    return suite == cipher_suite::aes_128_gcm_sha256 ? 16 : 32;
}

}  // namespace

traffic_secret::traffic_secret(bytes secret) noexcept
    : size_(static_cast<std::uint8_t>(secret.size())) {
    WEIR_ASSERT(secret.size() <= max_bytes, "a secret is as long as the hash");
    std::copy(secret.begin(), secret.end(), bytes_.begin());
}

traffic_secret::~traffic_secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

void traffic_secret::expand(std::string_view label, mutable_bytes out) const {
    const hash with = size_ == bytes_of(hash::sha_256) ? hash::sha_256 : hash::sha_384;
    const bool is_done =
        expand_label(with, view(), as_bytes(label_prefix), as_bytes(label), bytes(), out);
    WEIR_ASSERT(is_done, "a label of the protocol is short");
}

bool is_usable(cipher_suite suite, const traffic_secret& secret) noexcept {
    switch (suite) {
        case cipher_suite::aes_128_gcm_sha256:
        case cipher_suite::chacha20_poly1305_sha256:
            return secret.view().size() == 32;
        case cipher_suite::aes_256_gcm_sha384:
            return secret.view().size() == traffic_secret::max_bytes;
    }
    return false;
}

traffic_keys::traffic_keys(cipher_suite suite, const traffic_secret& secret, std::uint64_t first)
    : secret_(secret), suite_(suite), next_record_(first) {
    WEIR_ASSERT(is_usable(suite, secret), "a suite and its secret fit each other");
    derive();
}

traffic_keys::~traffic_keys() { forget(); }

void traffic_keys::forget() noexcept {
    forget_cipher(suite_, identity_);
    secret_ = traffic_secret();
    OPENSSL_cleanse(key_.data(), key_.size());
    OPENSSL_cleanse(vector_.data(), vector_.size());
}

void traffic_keys::derive() {
    secret_.expand("key", mutable_bytes(key_).first(key_bytes_of(suite_)));
    secret_.expand("iv", std::as_writable_bytes(std::span(vector_)));
    identity_ = next_key_identity();
}

void traffic_keys::renew() {
    std::array<std::byte, traffic_secret::max_bytes> next{};
    const mutable_bytes secret = mutable_bytes(next).first(secret_.view().size());
    secret_.expand("traffic upd", secret);
    secret_ = traffic_secret(secret);
    OPENSSL_cleanse(next.data(), next.size());
    forget_cipher(suite_, identity_);
    derive();
    next_record_ = 0;
}

std::error_code traffic_keys::give_to_kernel(kernel& system, int fd) const noexcept {
    return give_keys_to_kernel(system, fd, suite_, bytes(key_).first(key_bytes_of(suite_)),
                               std::as_bytes(std::span(vector_)), next_record_);
}

traffic_keys::nonce traffic_keys::next_nonce() noexcept {
    nonce made = vector_;
    std::uint64_t number = next_record_++;
    for (std::size_t i = nonce_bytes; number != 0; number >>= 8U) {
        made[--i] ^= static_cast<unsigned char>(number & 0xFFU);
    }
    return made;
}

void traffic_keys::seal(content_type type, bytes contents, mutable_bytes record) {
    WEIR_ASSERT(
        contents.size() <= max_contents_bytes && record.size() == contents.size() + overhead_bytes,
        "a record has room for its contents and no more");
    byte_writer header(record);
    header.write_big<std::uint8_t, std::uint16_t, std::uint16_t>(
        static_cast<std::uint8_t>(content_type::application_data), legacy_version,
        static_cast<std::uint16_t>(record.size() - header_bytes));
    const nonce number = next_nonce();
    EVP_CIPHER_CTX* cipher = cipher_with(suite_, true, identity_, key_.data(), number.data());
    unsigned char* out = raw(record.data()) + header_bytes;
    const auto inner = static_cast<unsigned char>(type);
    int size = 0;
    int done = EVP_EncryptUpdate(cipher, nullptr, &size, raw(record.data()), header_bytes);
    if (!contents.empty()) {
        done &= EVP_EncryptUpdate(cipher, out, &size, raw(contents.data()), size_of(contents));
    }
    out += contents.size();
    done &= EVP_EncryptUpdate(cipher, out, &size, &inner, 1);
    done &= EVP_EncryptFinal_ex(cipher, out + 1, &size);
    done &= EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, tag_bytes, out + 1);
    WEIR_ASSERT(done == 1, "OpenSSL must encrypt with a key that it has taken");
}

std::optional<opened_record> traffic_keys::open(bytes record, mutable_bytes into) {
    if (record.size() < overhead_bytes) return std::nullopt;
    const bytes sealed = record.subspan(header_bytes, record.size() - header_bytes - tag_bytes);
    WEIR_ASSERT(into.size() >= sealed.size(), "a record is opened into enough room");
    std::array<unsigned char, tag_bytes> tag{};
    std::memcpy(tag.data(), record.last(tag_bytes).data(), tag_bytes);
    const nonce number = next_nonce();
    EVP_CIPHER_CTX* cipher = cipher_with(suite_, false, identity_, key_.data(), number.data());
    int size = 0;
    int done = EVP_DecryptUpdate(cipher, nullptr, &size, raw(record.data()), header_bytes);
    done &= EVP_DecryptUpdate(cipher, raw(into.data()), &size, raw(sealed.data()), size_of(sealed));
    done &= EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data());
    std::array<unsigned char, tag_bytes> nothing{};
    if (done != 1 || EVP_DecryptFinal_ex(cipher, nothing.data(), &size) != 1) {
        OPENSSL_cleanse(into.data(), sealed.size());  // nobody may see what nobody has signed
        return std::nullopt;
    }
    std::size_t end = sealed.size();
    while (end > 0 && into[end - 1] == std::byte{0}) --end;  // padding
    if (end == 0) return opened_record(content_type{0}, 0);
    return opened_record(static_cast<content_type>(into[end - 1]), end - 1);
}

}  // namespace weir::tls
