// SPDX-License-Identifier: Apache-2.0
#include "hkdf.hpp"

#include "openssl.hpp"

#include <weir/base/assert.hpp>
#include <weir/base/byte_writer.hpp>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <new>

namespace weir::tls {
namespace {

constexpr std::size_t max_part_bytes = std::numeric_limits<std::uint8_t>::max();
constexpr std::size_t max_blocks = 255;  // RFC 5869 2.3

unsigned char* raw(std::byte* at) noexcept { return reinterpret_cast<unsigned char*>(at); }
const unsigned char* raw(const std::byte* at) noexcept {
    return reinterpret_cast<const unsigned char*>(at);
}

const char* name_of(hash which) noexcept { return which == hash::sha_256 ? "SHA256" : "SHA384"; }

/// HMAC with one hash, for one thread.
class hmac {
public:
    explicit hmac(hash with) : size_(bytes_of(with)) {
        const mac_ptr kind(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
        if (kind != nullptr) context_.reset(EVP_MAC_CTX_new(kind.get()));
        // OpenSSL asks for a pointer to non-const and only reads.
        const OSSL_PARAM params[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                             const_cast<char*>(name_of(with)), 0),
            OSSL_PARAM_construct_end(),
        };
        if (context_ == nullptr || EVP_MAC_CTX_set_params(context_.get(), params) != 1) {
            throw std::bad_alloc();
        }
    }

    void begin(bytes key) {
        // A key of no bytes is one of zeros; a null pointer would be "the same as before".
        const bytes given = key.empty() ? bytes(no_key).first(size_) : key;
        if (EVP_MAC_init(context_.get(), raw(given.data()), given.size(), nullptr) != 1) {
            throw std::bad_alloc();
        }
    }
    void add(bytes text) {
        if (text.empty()) return;
        if (EVP_MAC_update(context_.get(), raw(text.data()), text.size()) != 1) {
            throw std::bad_alloc();
        }
    }
    /// @param out  as long as the hash.
    void finish(mutable_bytes out) {
        std::size_t size = 0;
        if (EVP_MAC_final(context_.get(), raw(out.data()), &size, out.size()) != 1) {
            throw std::bad_alloc();
        }
    }
    /// Nothing of the last key is left behind: zeros take its place.
    void forget() noexcept {
        static_cast<void>(EVP_MAC_init(context_.get(), raw(no_key.data()), size_, nullptr));
    }

private:
    using mac_ptr = std::unique_ptr<EVP_MAC, openssl_free<EVP_MAC_free>>;
    using mac_context_ptr = std::unique_ptr<EVP_MAC_CTX, openssl_free<EVP_MAC_CTX_free>>;

    static constexpr std::array<std::byte, max_hash_bytes> no_key{};

    mac_context_ptr context_;
    std::size_t size_;
};

hmac& hmac_of(hash which) {
    if (which == hash::sha_256) {
        thread_local hmac sha_256(hash::sha_256);
        return sha_256;
    }
    thread_local hmac sha_384(hash::sha_384);
    return sha_384;
}

class empty_hash {
public:
    explicit empty_hash(hash of) {
        const EVP_MD* kind = of == hash::sha_256 ? EVP_sha256() : EVP_sha384();
        if (EVP_Digest("", 0, raw(value.data()), nullptr, kind, nullptr) != 1) {
            throw std::bad_alloc();
        }
    }
    std::array<std::byte, EVP_MAX_MD_SIZE> value{};
};

/// HKDF-Expand of RFC 5869 2.3.
void expand(hash with, bytes secret, bytes info, mutable_bytes out) {
    hmac& mac = hmac_of(with);
    std::array<std::byte, max_hash_bytes> memory{};
    const mutable_bytes block = mutable_bytes(memory).first(bytes_of(with));
    bytes previous;
    for (std::uint8_t number = 1; !out.empty(); ++number) {
        mac.begin(secret);
        mac.add(previous);
        mac.add(info);
        mac.add(std::as_bytes(std::span(&number, 1)));
        mac.finish(block);
        previous = block;
        const std::size_t taken = std::min(block.size(), out.size());
        std::copy_n(block.begin(), taken, out.begin());
        out = out.subspan(taken);
    }
    mac.forget();
    OPENSSL_cleanse(memory.data(), memory.size());
}

}  // namespace

bytes hash_of_nothing(hash which) {
    static const empty_hash sha_256(hash::sha_256);
    static const empty_hash sha_384(hash::sha_384);
    return bytes(which == hash::sha_256 ? sha_256.value : sha_384.value).first(bytes_of(which));
}

void extract(hash with, bytes salt, bytes key, mutable_bytes out) {
    WEIR_ASSERT(out.size() == bytes_of(with), "an extracted secret is as long as the hash");
    hmac& mac = hmac_of(with);
    mac.begin(salt);
    mac.add(key);
    mac.finish(out);
    mac.forget();
}

bool expand_label(hash with, bytes secret, bytes prefix, bytes label, bytes context,
                  mutable_bytes out) {
    const std::size_t name_bytes = prefix.size() + label.size();
    if (name_bytes > max_part_bytes || context.size() > max_part_bytes) return false;
    if (out.size() > max_blocks * bytes_of(with)) return false;
    // struct { uint16 length; opaque label<7..255>; opaque context<0..255>; }
    std::array<std::byte, 4 + 2 * max_part_bytes> memory;
    byte_writer info(memory);
    info.write_big<std::uint16_t, std::uint8_t>(static_cast<std::uint16_t>(out.size()),
                                                static_cast<std::uint8_t>(name_bytes));
    info.append(prefix);
    info.append(label);
    info.write_big<std::uint8_t>(static_cast<std::uint8_t>(context.size()));
    info.append(context);
    expand(with, secret, info.written(), out);
    return true;
}

}  // namespace weir::tls
