// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/error.hpp>

#include <array>
#include <string>

namespace weir::ws {
namespace {

// In the order of their numbers, which begin with 1.
constexpr std::array<std::string_view, protocol_errc_count> protocol_names{
    "unmasked_frame",
    "masked_frame",
    "reserved_bits",
    "unknown_opcode",
    "length_not_minimal",
    "length_out_of_range",
    "control_frame_too_long",
    "fragmented_control_frame",
    "continuation_without_start",
    "message_inside_message",
    "close_payload_of_one_byte",
    "close_code_not_allowed",
    "close_reason_not_utf8",
    "text_not_utf8",
    "frame_over_limit",
    "message_over_limit",
    "fragments_over_limit",
    "refused_by_wslay",
    "already_closing",
    "compressed_data_malformed",
    "inflate_ratio_over_limit",
};
constexpr std::array<std::string_view, handshake_errc_count> handshake_names{
    "method_not_get",          "version_not_http_1_1",    "host_missing_or_repeated",
    "host_not_allowed",        "upgrade_header_missing",  "connection_header_missing",
    "version_not_13",          "key_missing_or_repeated", "key_malformed",
    "body_not_allowed",        "origin_not_allowed",      "protocol_list_malformed",
    "protocol_required",       "status_not_101",          "accept_mismatch",
    "extension_not_offered",   "protocol_not_offered",    "request_field_malformed",
    "deflate_answer_mismatch", "access_denied",
};

class protocol_category_type final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "websocket protocol"; }
    [[nodiscard]] std::string message(int value) const override {
        return std::string(describe(static_cast<protocol_errc>(value)));
    }
};

class handshake_category_type final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "websocket handshake"; }
    [[nodiscard]] std::string message(int value) const override {
        return std::string(describe(static_cast<handshake_errc>(value)));
    }
};

}  // namespace

std::string_view name_of(protocol_errc error) noexcept {
    const auto number = static_cast<std::size_t>(error);
    return number >= 1 && number <= protocol_errc_count ? protocol_names[number - 1] : "unknown";
}

std::string_view name_of(handshake_errc error) noexcept {
    const auto number = static_cast<std::size_t>(error);
    return number >= 1 && number <= handshake_errc_count ? handshake_names[number - 1] : "unknown";
}

close_code close_code_for(protocol_errc error) noexcept {
    switch (error) {
        case protocol_errc::close_reason_not_utf8:
        case protocol_errc::text_not_utf8:
        case protocol_errc::compressed_data_malformed:
            return close_code::invalid_payload;
        case protocol_errc::frame_over_limit:
        case protocol_errc::message_over_limit:
        case protocol_errc::fragments_over_limit:
        case protocol_errc::inflate_ratio_over_limit:
            return close_code::message_too_big;
        case protocol_errc::already_closing:
            return close_code::internal_error;
        default:
            return close_code::protocol_error;
    }
}

std::string_view describe(protocol_errc error) noexcept {
    switch (error) {
        case protocol_errc::unmasked_frame:
            return "a client's frame was not masked";
        case protocol_errc::masked_frame:
            return "a server's frame was masked";
        case protocol_errc::reserved_bits:
            return "a reserved bit was set";
        case protocol_errc::unknown_opcode:
            return "unknown opcode";
        case protocol_errc::length_not_minimal:
            return "a length was not in its shortest form";
        case protocol_errc::length_out_of_range:
            return "a length had its highest bit set";
        case protocol_errc::control_frame_too_long:
            return "a control frame exceeded 125 bytes";
        case protocol_errc::fragmented_control_frame:
            return "a control frame was fragmented";
        case protocol_errc::continuation_without_start:
            return "continuation without a message";
        case protocol_errc::message_inside_message:
            return "a message began inside a message";
        case protocol_errc::close_payload_of_one_byte:
            return "a close payload had one byte";
        case protocol_errc::close_code_not_allowed:
            return "this close code may not be sent";
        case protocol_errc::close_reason_not_utf8:
            return "a close reason was not UTF-8";
        case protocol_errc::text_not_utf8:
            return "a text message was not UTF-8";
        case protocol_errc::frame_over_limit:
            return "limit passed: max_frame_bytes";
        case protocol_errc::message_over_limit:
            return "limit passed: max_message_bytes";
        case protocol_errc::fragments_over_limit:
            return "limit passed: max_fragments";
        case protocol_errc::refused_by_wslay:
            return "protocol error";
        case protocol_errc::already_closing:
            return "a close frame was sent before";
        case protocol_errc::compressed_data_malformed:
            return "a message could not be inflated";
        case protocol_errc::inflate_ratio_over_limit:
            return "limit passed: max_inflate_ratio";
    }
    return "unknown protocol error";
}

std::string_view describe(handshake_errc error) noexcept {
    switch (error) {
        case handshake_errc::method_not_get:
            return "the method was not GET";
        case handshake_errc::version_not_http_1_1:
            return "the version was not HTTP/1.1";
        case handshake_errc::host_missing_or_repeated:
            return "not exactly one Host";
        case handshake_errc::host_not_allowed:
            return "this Host is not served";
        case handshake_errc::upgrade_header_missing:
            return "Upgrade did not name websocket";
        case handshake_errc::connection_header_missing:
            return "Connection did not name Upgrade";
        case handshake_errc::version_not_13:
            return "Sec-WebSocket-Version was not 13";
        case handshake_errc::key_missing_or_repeated:
            return "not exactly one Sec-WebSocket-Key";
        case handshake_errc::key_malformed:
            return "Sec-WebSocket-Key was not 16 bytes in base64";
        case handshake_errc::body_not_allowed:
            return "an upgrade request has no body";
        case handshake_errc::origin_not_allowed:
            return "this Origin may not connect";
        case handshake_errc::protocol_list_malformed:
            return "Sec-WebSocket-Protocol was malformed";
        case handshake_errc::protocol_required:
            return "no sub-protocol that is spoken was offered";
        case handshake_errc::status_not_101:
            return "the server did not answer 101";
        case handshake_errc::accept_mismatch:
            return "Sec-WebSocket-Accept did not match the key";
        case handshake_errc::extension_not_offered:
            return "the server chose an unoffered extension";
        case handshake_errc::protocol_not_offered:
            return "the server chose an unoffered sub-protocol";
        case handshake_errc::request_field_malformed:
            return "a field may not be in the request";
        case handshake_errc::deflate_answer_mismatch:
            return "the server's permessage-deflate did not fit the offer";
        case handshake_errc::access_denied:
            return "the server lets only others in (401 or 403)";
    }
    return "unknown handshake error";
}

const std::error_category& protocol_category() noexcept {
    static const protocol_category_type category;
    return category;
}

const std::error_category& handshake_category() noexcept {
    static const handshake_category_type category;
    return category;
}

}  // namespace weir::ws
