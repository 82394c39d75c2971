// SPDX-License-Identifier: Apache-2.0
// Why a WebSocket connection ends. Source: RFC 6455 7.4 and the IANA "WebSocket Close Code Number"
// registry, which added 1012 to 1014 later.
#pragma once

#include <cstdint>

namespace weir::ws {

/// A close status. Any number 3000 ... 4999 may be cast to it: those belong to applications.
enum class close_code : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    no_status = 1005,  ///< never on the wire: the close frame was empty
    abnormal = 1006,   ///< never on the wire: the connection ended without a close frame
    invalid_payload = 1007,
    policy_violation = 1008,
    message_too_big = 1009,
    mandatory_extension = 1010,
    internal_error = 1011,
    service_restart = 1012,
    try_again_later = 1013,
    bad_gateway = 1014,
    tls_handshake = 1015,  ///< never on the wire: the TLS handshake failed
};

/// Whether `code` may stand in a close frame: 1000-1003, 1007-1014 and 3000-4999.
[[nodiscard]] constexpr bool is_valid_on_wire(close_code code) noexcept {
    const auto number = static_cast<std::uint16_t>(code);
    return (number >= 1000 && number <= 1003) || (number >= 1007 && number <= 1014) ||
           (number >= 3000 && number <= 4999);
}

}  // namespace weir::ws
