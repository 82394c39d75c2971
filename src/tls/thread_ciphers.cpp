// SPDX-License-Identifier: Apache-2.0
#include "thread_ciphers.hpp"

#include <weir/base/assert.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <new>
#include <utility>

namespace weir::tls {
namespace {

constexpr std::size_t suites = 3;

using cipher_ptr = std::unique_ptr<EVP_CIPHER, openssl_free<EVP_CIPHER_free>>;
using cipher_context_ptr = std::unique_ptr<EVP_CIPHER_CTX, openssl_free<EVP_CIPHER_CTX_free>>;

const unsigned char* raw(const std::byte* at) noexcept {
    return reinterpret_cast<const unsigned char*>(at);
}

const char* name_of(cipher_suite suite) noexcept {
    switch (suite) {
        case cipher_suite::aes_128_gcm_sha256:
            return "AES-128-GCM";
        case cipher_suite::aes_256_gcm_sha384:
            return "AES-256-GCM";
        case cipher_suite::chacha20_poly1305_sha256:
            return "ChaCha20-Poly1305";
    }
    return nullptr;
}

class shared_cipher {
public:
    EVP_CIPHER_CTX* with(cipher_suite suite, bool seals, std::uint64_t identity,
                         const std::byte* key, const unsigned char* nonce) {
        if (context_ == nullptr) context_ = make(suite, seals);
        const bool is_known = std::exchange(identity_, identity) == identity;
        const int done = EVP_CipherInit_ex(context_.get(), nullptr, nullptr,
                                           is_known ? nullptr : raw(key), nonce, unchanged);
        WEIR_ASSERT(done == 1, "OpenSSL must take the key of a cipher that it has");
        return context_.get();
    }
    /// If it was told the keys of `identity` last.
    void forget(std::uint64_t identity) noexcept {
        if (identity_ != identity) return;
        identity_ = 0;
        // Zeros take the place of the key and of all that follows from it. To reset the context
        // would do, too, but to set it up again costs more than a small record.
        static constexpr std::array<unsigned char, EVP_MAX_KEY_LENGTH> no_key{};
        static constexpr std::array<unsigned char, EVP_MAX_IV_LENGTH> no_nonce{};
        static_cast<void>(EVP_CipherInit_ex(context_.get(), nullptr, nullptr, no_key.data(),
                                            no_nonce.data(), unchanged));
    }

private:
    static constexpr int unchanged = -1;  // the direction

    static cipher_context_ptr make(cipher_suite suite, bool seals) {
        const cipher_ptr kind(EVP_CIPHER_fetch(nullptr, name_of(suite), nullptr));
        cipher_context_ptr made(EVP_CIPHER_CTX_new());
        if (kind == nullptr || made == nullptr) throw std::bad_alloc();
        const int done =
            EVP_CipherInit_ex(made.get(), kind.get(), nullptr, nullptr, nullptr, seals ? 1 : 0);
        if (done != 1) throw std::bad_alloc();
        return made;
    }

    cipher_context_ptr context_;
    std::uint64_t identity_ = 0;  // of the keys that it was told last; 0 = none
};

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

}  // namespace

std::uint64_t next_key_identity() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

EVP_CIPHER_CTX* cipher_with(cipher_suite suite, bool seals, std::uint64_t identity,
                            const std::byte* key, const unsigned char* nonce) {
    thread_local cipher_set all;
    return all.of(suite)[seals ? 1 : 0].with(suite, seals, identity, key, nonce);
}

void forget_cipher(cipher_suite suite, std::uint64_t identity) noexcept {
    if (cipher_set::of_thread == nullptr) return;
    for (shared_cipher& each : cipher_set::of_thread->of(suite)) each.forget(identity);
}

}  // namespace weir::tls
