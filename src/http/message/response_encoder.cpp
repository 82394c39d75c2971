// SPDX-License-Identifier: Apache-2.0
#include "response_encoder.hpp"

#include <weir/http/message/error.hpp>

#include <array>
#include <charconv>

namespace weir::http {
namespace {

void append_number(std::string& out, std::uint64_t number, int base = 10) {
    std::array<char, 20> digits;  // the longest number of 64 bits
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    out.append(digits.data(), end);
}

}  // namespace

body_framing framing_for(version asked, status code, std::optional<std::uint64_t> length) noexcept {
    if (has_no_body(code)) return body_framing::none;
    if (length) return body_framing::counted;
    return asked == version::http_1_1 ? body_framing::chunked : body_framing::until_close;
}

bool is_reserved_header(std::string_view name) noexcept {
    switch (name.size()) {
        case 4:
            return equal_ignoring_case(name, "Date");
        case 10:
            return equal_ignoring_case(name, "Connection") ||
                   equal_ignoring_case(name, "Keep-Alive");
        case 14:
            return equal_ignoring_case(name, "Content-Length");
        case 17:
            return equal_ignoring_case(name, "Transfer-Encoding");
        default:
            return false;
    }
}

void append_status_line(std::string& out, status code) {
    if (code == status::ok) {
        out.append("HTTP/1.1 200 OK\r\n");
        return;
    }
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::uint16_t>(code));
    out.append(" ").append(reason_phrase(code)).append("\r\n");
}

result<void> append_fields(std::string& out, const headers& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (is_reserved_header(fields[i].name())) {
            return fail(make_error_code(errc::reserved_header));
        }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
        append_field(out, fields[i].name(), fields[i].value());
    }
    return {};
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_framing(std::string& out, body_framing framing, std::uint64_t length) {
    if (framing == body_framing::chunked) out.append("Transfer-Encoding: chunked\r\n");
    if (framing != body_framing::counted) return;
    out.append("Content-Length: ");
    append_number(out, length);
    out.append("\r\n");
}

void append_end(std::string& out, std::string_view date, connection_note connection) {
    out.append("Date: ").append(date);
    switch (connection) {
        case connection_note::nothing:
            out.append("\r\n\r\n");
            return;
        case connection_note::close:
            out.append("\r\nConnection: close\r\n\r\n");
            return;
        case connection_note::keep_alive:
            out.append("\r\nConnection: keep-alive\r\n\r\n");
            return;
    }
}

void append_chunk_size(std::string& out, std::size_t size) {
    append_number(out, size, 16);
    out.append("\r\n");
}

void append_last_chunk(std::string& out, const headers& trailers) {
    out.append("0\r\n");
    for (std::size_t i = 0; i < trailers.size(); ++i) {
        append_field(out, trailers[i].name(), trailers[i].value());
    }
    out.append("\r\n");
}

}  // namespace weir::http
