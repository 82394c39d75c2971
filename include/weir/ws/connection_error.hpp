// SPDX-License-Identifier: Apache-2.0
// How a WebSocket connection ends, as error codes of its own category.
#pragma once

#include <cstdint>
#include <system_error>

namespace weir::ws {

/// Ends of a connection that are neither protocol errors nor errors of the socket.
enum class connection_errc : std::uint8_t {
    closed = 1,           ///< by the close handshake: the regular end
    ended_without_close,  ///< the peer ended the TCP stream without a close frame (RFC 6455: 1006)
    not_an_upgrade,       ///< the request was plain HTTP, and was answered with 426
};

/// The category of connection_errc.
[[nodiscard]] const std::error_category& connection_category() noexcept;
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(connection_errc error) noexcept {
    return {static_cast<int>(error), connection_category()};
}

}  // namespace weir::ws

template <>
struct std::is_error_code_enum<weir::ws::connection_errc> : std::true_type {};
