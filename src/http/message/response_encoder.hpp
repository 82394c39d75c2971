// SPDX-License-Identifier: Apache-2.0
// response_encoder: the head of an answer as bytes, how its body is framed, and the pieces of a
// chunked one. Appends to text that the caller keeps. Sources: RFC 9112 4, 6, 7.1; RFC 9110 6.6.1.
#pragma once

#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/status.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::http {

/// How the end of an answer's body is told.
enum class body_framing : std::uint8_t {
    none,         ///< the status has no body
    counted,      ///< Content-Length
    chunked,      ///< Transfer-Encoding: chunked
    until_close,  ///< by closing the connection: for HTTP/1.0
};

/// What an answer says about its connection.
enum class connection_note : std::uint8_t {
    nothing,     ///< it goes on, as HTTP/1.1 has it
    close,       ///< it ends after this answer
    keep_alive,  ///< it goes on, although it is HTTP/1.0
};

/// How a body is framed in an answer to a request of that version.
/// @param length  nullopt = not known yet.
[[nodiscard]] body_framing framing_for(version asked, status code,
                                       std::optional<std::uint64_t> length) noexcept;

/// Whether a server writes that field of its answers itself.
[[nodiscard]] bool is_reserved_header(std::string_view name) noexcept;

/// `HTTP/1.1 200 OK` and its end of line.
void append_status_line(std::string& out, status code);

/// Errors: reserved_header; then nothing was appended.
result<void> append_fields(std::string& out, const headers& fields);

/// One field; the value must be without control characters.
void append_field(std::string& out, std::string_view name, std::string_view value);

/// The field that tells the framing, if one does.
void append_framing(std::string& out, body_framing framing, std::uint64_t length);

/// The end of a head: Date, Connection, and the blank line.
/// @param date  29 characters, as `date_text` has them.
void append_end(std::string& out, std::string_view date, connection_note connection);

/// What stands in front of `size` bytes of a chunked body; a CRLF belongs behind them.
void append_chunk_size(std::string& out, std::size_t size);

/// The end of a chunked body.
void append_last_chunk(std::string& out, const headers& trailers);

}  // namespace weir::http
