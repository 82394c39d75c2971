// SPDX-License-Identifier: Apache-2.0
// Cipher suites of TLS 1.3, by the numbers of their registry.
#pragma once

#include <cstdint>

namespace weir::tls {

enum class cipher_suite : std::uint16_t {
    aes_128_gcm_sha256 = 0x1301,
    aes_256_gcm_sha384 = 0x1302,
    chacha20_poly1305_sha256 = 0x1303,
};

}  // namespace weir::tls
