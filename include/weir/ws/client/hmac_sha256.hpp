// SPDX-License-Identifier: Apache-2.0
// hmac_sha256: what many services want a client to sign its first message with.
#pragma once

#include <string>
#include <string_view>

namespace weir::ws {

/// HMAC-SHA-256 of `text`, in lower-case hexadecimal digits: 64 of them.
/// Source: RFC 2104, RFC 4231.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view text);

/// The signature of an API key and a time stamp, one behind the other, as exchanges want it.
[[nodiscard]] inline std::string sign_api_key(std::string_view secret, std::string_view api_key,
                                              std::string_view timestamp) {
    return hmac_sha256_hex(secret, std::string(api_key) + std::string(timestamp));
}

}  // namespace weir::ws
