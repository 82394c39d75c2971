// SPDX-License-Identifier: Apache-2.0
#include "traffic_keys.hpp"

#include "openssl.hpp"

#include <weir/base/assert.hpp>
#include <weir/base/byte_writer.hpp>

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

namespace weir::tls {
namespace {

constexpr std::size_t tag_bytes = 16;
constexpr std::uint16_t legacy_version = 0x0303;
constexpr std::size_t suites = 3;

using cipher_context_ptr = std::unique_ptr<EVP_CIPHER_CTX, openssl_free<EVP_CIPHER_CTX_free>>;

unsigned char* raw(std::byte* at) noexcept { return reinterpret_cast<unsigned char*>(at); }
const unsigned char* raw(const std::byte* at) noexcept {
    return reinterpret_cast<const unsigned char*>(at);
}
int size_of(bytes data) noexcept { return static_cast<int>(data.size()); }

std::size_t key_bytes_of(cipher_suite suite) noexcept {
    return suite == cipher_suite::aes_128_gcm_sha256 ? 16 : 32;
}
const EVP_CIPHER* cipher_of(cipher_suite suite) noexcept {
    switch (suite) {
        case cipher_suite::aes_128_gcm_sha256:
            return EVP_aes_128_gcm();
        case cipher_suite::aes_256_gcm_sha384:
            return EVP_aes_256_gcm();
        case cipher_suite::chacha20_poly1305_sha256:
            return EVP_chacha20_poly1305();
    }
    return nullptr;
}

/// A cipher of OpenSSL, which is told a key only when it is another than the last time: who sends
/// many records in a row pays for that once.
class shared_cipher {
public:
    EVP_CIPHER_CTX* with(cipher_suite suite, bool seals, std::uint64_t identity,
                         const std::byte* key, const unsigned char* nonce) {
        const int direction = seals ? 1 : 0;
        int done = 1;
        if (context_ == nullptr) context_.reset(EVP_CIPHER_CTX_new());
        if (context_ == nullptr) throw std::bad_alloc();
        if (identity_ == 0) {
            done = EVP_CipherInit_ex(context_.get(), cipher_of(suite), nullptr, nullptr, nullptr,
                                     direction);
        }
        const bool is_known = std::exchange(identity_, identity) == identity;
        done &= EVP_CipherInit_ex(context_.get(), nullptr, nullptr, is_known ? nullptr : raw(key),
                                  nonce, direction);
        WEIR_ASSERT(done == 1, "OpenSSL must take the key of a cipher that it has");
        return context_.get();
    }
    /// If it was told the keys of `identity` last.
    void forget(std::uint64_t identity) noexcept {
        if (identity_ != identity) return;
        EVP_CIPHER_CTX_reset(context_.get());  // cleanses
        identity_ = 0;
    }

private:
    cipher_context_ptr context_;
    std::uint64_t identity_ = 0;  // of the keys that it was told last; 0 = none
};

/// Those of a thread: of each suite one that opens and one that seals.
class cipher_set {
public:
    cipher_set() noexcept { of_thread = this; }
    cipher_set(const cipher_set&) = delete;
    cipher_set& operator=(const cipher_set&) = delete;
    ~cipher_set() { of_thread = nullptr; }

    [[nodiscard]] std::array<shared_cipher, 2>& of(cipher_suite suite) noexcept {
        return all_[static_cast<std::size_t>(suite) -
                    static_cast<std::size_t>(cipher_suite::aes_128_gcm_sha256)];
    }
    /// Null while this thread has used none, and at its end, which connections may outlive.
    static thread_local constinit cipher_set* of_thread;

private:
    std::array<std::array<shared_cipher, 2>, suites> all_;
};
thread_local constinit cipher_set* cipher_set::of_thread = nullptr;

EVP_CIPHER_CTX* cipher_for(cipher_suite suite, bool seals, std::uint64_t identity,
                           const std::byte* key, const unsigned char* nonce) {
    thread_local cipher_set all;
    return all.of(suite)[seals ? 1 : 0].with(suite, seals, identity, key, nonce);
}

void forget_cipher(cipher_suite suite, std::uint64_t identity) noexcept {
    if (cipher_set::of_thread == nullptr) return;
    for (shared_cipher& each : cipher_set::of_thread->of(suite)) each.forget(identity);
}

/// An address would not do: the next connection may have the same one.
std::uint64_t next_identity() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

}  // namespace

traffic_secret::traffic_secret(bytes secret) noexcept
    : size_(static_cast<std::uint8_t>(secret.size())) {
    WEIR_ASSERT(secret.size() <= max_bytes, "a secret is as long as the hash");
    std::copy(secret.begin(), secret.end(), bytes_.begin());
}

traffic_secret::~traffic_secret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

void traffic_secret::expand(std::string_view label, mutable_bytes out) const {
    // struct { uint16 length; opaque label<7..255> = "tls13 " + Label; opaque context<0..255>; }
    // and behind it the number of the block, of which one is enough (RFC 5869 2.3).
    std::array<std::byte, 64> memory{};
    byte_writer info(memory);
    constexpr std::string_view prefix = "tls13 ";
    info.write_big<std::uint16_t>(static_cast<std::uint16_t>(out.size()));
    info.write_big<std::uint8_t>(static_cast<std::uint8_t>(prefix.size() + label.size()));
    info.append(as_bytes(prefix));
    info.append(as_bytes(label));
    const bool has_room = info.write_big<std::uint8_t, std::uint8_t>(0, 1);
    WEIR_ASSERT(has_room && out.size() <= size_, "a label is short, and one block is enough");
    std::array<unsigned char, EVP_MAX_MD_SIZE> block{};
    const EVP_MD* hash = size_ == max_bytes ? EVP_sha384() : EVP_sha256();
    unsigned size = 0;
    const unsigned char* done = HMAC(hash, bytes_.data(), size_, raw(info.written().data()),
                                     info.written().size(), block.data(), &size);
    if (done == nullptr) throw std::bad_alloc();
    std::memcpy(out.data(), block.data(), out.size());
    OPENSSL_cleanse(block.data(), block.size());
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

traffic_keys::~traffic_keys() {
    forget_cipher(suite_, identity_);
    OPENSSL_cleanse(key_.data(), key_.size());
    OPENSSL_cleanse(vector_.data(), vector_.size());
}

void traffic_keys::derive() {
    secret_.expand("key", mutable_bytes(key_).first(key_bytes_of(suite_)));
    secret_.expand("iv", std::as_writable_bytes(std::span(vector_)));
    identity_ = next_identity();
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
    EVP_CIPHER_CTX* cipher = cipher_for(suite_, true, identity_, key_.data(), number.data());
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
    EVP_CIPHER_CTX* cipher = cipher_for(suite_, false, identity_, key_.data(), number.data());
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
