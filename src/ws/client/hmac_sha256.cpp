// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/hmac_sha256.hpp>

#include <weir/base/assert.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <climits>

namespace weir::ws {

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
    WEIR_ASSERT(key.size() <= INT_MAX, "a key for HMAC is at most 2 GiB long");
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                            reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                            digest.data(), &size);
    WEIR_ASSERT(made != nullptr, "OpenSSL has no HMAC-SHA-256");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        hex += digits[digest[i] >> 4U];
        hex += digits[digest[i] & 15U];
    }
    return hex;
}

}  // namespace weir::ws
