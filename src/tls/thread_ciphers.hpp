// SPDX-License-Identifier: Apache-2.0
// OpenSSL's ciphers, 1.2 KiB each, shared by all connections of a thread: of each suite one that
// opens and one that seals. Each is told a key only when it is another than the last time: who
// sends many records in a row pays for that once.
#pragma once

#include "cipher_suite.hpp"
#include "openssl.hpp"

#include <cstddef>
#include <cstdint>

namespace weir::tls {

/// A name for keys, as an address would not do: the next connection may have the same one.
[[nodiscard]] std::uint64_t next_key_identity() noexcept;

/// This thread's cipher of the suite, ready for a record with this key and nonce.
[[nodiscard]] EVP_CIPHER_CTX* cipher_with(cipher_suite suite, bool seals, std::uint64_t identity,
                                          const std::byte* key, const unsigned char* nonce);

/// No cipher of this thread keeps the key that goes by this name any longer.
void forget_cipher(cipher_suite suite, std::uint64_t identity) noexcept;

}  // namespace weir::tls
