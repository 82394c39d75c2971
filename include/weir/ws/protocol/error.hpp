// SPDX-License-Identifier: Apache-2.0
// The rules of WebSocket that a peer can break, by name, with the close code that answers each.
#pragma once

#include <weir/ws/protocol/close_code.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace weir::ws {

/// A broken rule of framing or of the session, or a limit that was passed.
enum class protocol_errc : std::uint8_t {
    unmasked_frame = 1,
    masked_frame,
    reserved_bits,
    unknown_opcode,
    length_not_minimal,
    length_out_of_range,
    control_frame_too_long,
    fragmented_control_frame,
    continuation_without_start,
    message_inside_message,
    close_payload_of_one_byte,
    close_code_not_allowed,
    close_reason_not_utf8,
    text_not_utf8,
    frame_over_limit,
    message_over_limit,
    fragments_over_limit,
    refused_by_wslay,
    already_closing,
    compressed_data_malformed,
    inflate_ratio_over_limit,
};

/// A broken rule of the opening handshake (RFC 6455 4).
enum class handshake_errc : std::uint8_t {
    method_not_get = 1,
    version_not_http_1_1,
    host_missing_or_repeated,
    host_not_allowed,
    upgrade_header_missing,
    connection_header_missing,
    version_not_13,
    key_missing_or_repeated,
    key_malformed,
    body_not_allowed,
    origin_not_allowed,
    protocol_list_malformed,
    protocol_required,
    status_not_101,
    accept_mismatch,
    extension_not_offered,
    protocol_not_offered,
    request_field_malformed,
    deflate_answer_mismatch,
    access_denied,
};

/// How many errors there are; their numbers are 1 ... this.
inline constexpr std::size_t protocol_errc_count =
    static_cast<std::size_t>(protocol_errc::inflate_ratio_over_limit);
inline constexpr std::size_t handshake_errc_count =
    static_cast<std::size_t>(handshake_errc::access_denied);

/// In one word, as the enumerator is called: the value of a metric's label.
[[nodiscard]] std::string_view name_of(protocol_errc error) noexcept;
/// As above.
[[nodiscard]] std::string_view name_of(handshake_errc error) noexcept;

/// What to put into the close frame that answers `error`: 1002, 1007, 1008, 1009 or 1011.
[[nodiscard]] close_code close_code_for(protocol_errc error) noexcept;

/// One line about `error`, at most 123 bytes of ASCII, fit for a close reason; limits are named.
[[nodiscard]] std::string_view describe(protocol_errc error) noexcept;
/// One line about `error`, ASCII, fit for the body of a refusal.
[[nodiscard]] std::string_view describe(handshake_errc error) noexcept;

/// The category of protocol_errc.
[[nodiscard]] const std::error_category& protocol_category() noexcept;
/// The category of handshake_errc.
[[nodiscard]] const std::error_category& handshake_category() noexcept;

/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(protocol_errc error) noexcept {
    return {static_cast<int>(error), protocol_category()};
}
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(handshake_errc error) noexcept {
    return {static_cast<int>(error), handshake_category()};
}

}  // namespace weir::ws

template <>
struct std::is_error_code_enum<weir::ws::protocol_errc> : std::true_type {};
template <>
struct std::is_error_code_enum<weir::ws::handshake_errc> : std::true_type {};
