// SPDX-License-Identifier: Apache-2.0
// HKDF (RFC 5869) as TLS 1.3 uses it (RFC 8446 7.1). The hashes are OpenSSL's; a thread looks for
// each once, as that takes longer than to use it.
#pragma once

#include <weir/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::tls {

enum class hash : std::uint8_t { sha_256, sha_384 };

inline constexpr std::size_t max_hash_bytes = 48;
[[nodiscard]] constexpr std::size_t bytes_of(hash which) noexcept {
    return which == hash::sha_256 ? 32 : max_hash_bytes;
}
/// The result for no bytes at all.
[[nodiscard]] bytes hash_of_nothing(hash which);

/// HKDF-Extract(salt, key).
/// @param out  as long as the hash.
void extract(hash with, bytes salt, bytes key, mutable_bytes out);

/// HKDF-Expand-Label(secret, label, context, out.size()).
/// @param prefix  what a label begins with: "tls13 ".
/// @return        false, and nothing done, when a part is too long: prefix and label together 255
///                bytes, context 255, out 255 times the hash.
[[nodiscard]] bool expand_label(hash with, bytes secret, bytes prefix, bytes label, bytes context,
                                mutable_bytes out);

inline constexpr std::string_view label_prefix = "tls13 ";

}  // namespace weir::tls
