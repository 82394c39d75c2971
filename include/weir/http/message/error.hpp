// SPDX-License-Identifier: Apache-2.0
// What can be wrong with an HTTP message, by name, and the status that tells the peer.
#pragma once

#include <weir/http/message/status.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace weir::http {

/// Errors of reading and of building messages. Each passed limit has its own.
enum class errc : std::uint8_t {
    malformed = 1,             ///< not HTTP: 400
    bad_line_ending,           ///< a CR or LF on its own: 400
    folded_header,             ///< obsolete line folding: 400
    nul_byte,                  ///< 400
    bad_method,                ///< unknown or malformed: 400
    bad_target,                ///< 400
    version_not_supported,     ///< neither HTTP/1.0 nor HTTP/1.1: 505
    bad_header_name,           ///< 400
    bad_header_value,          ///< 400
    ambiguous_length,          ///< Content-Length twice, malformed, or with Transfer-Encoding: 400
    bad_transfer_encoding,     ///< anything but exactly `chunked`, once, in HTTP/1.1: 400
    bad_chunk,                 ///< 400
    host_missing_or_repeated,  ///< HTTP/1.1 demands exactly one: 400
    request_line_over_limit,   ///< 414
    headers_over_limit,        ///< 431
    header_count_over_limit,   ///< 431
    body_over_limit,           ///< 413
    unsupported_coding,        ///< a Content-Encoding that is not spoken here, or several: 415
    bad_coding,                ///< what was encoded is damaged or incomplete: 400
    decoded_over_limit,        ///< 413
    coding_ratio_over_limit,   ///< a bomb, small as it was sent and huge decoded: 413
    event_over_limit,          ///< of a stream that is read: the server is at fault
    ended_early,               ///< the peer ended the stream inside a message: 400
    chunk_extensions_over_limit,  ///< 413
    trailers_over_limit,          ///< 431
    head_too_slow,                ///< the head did not come in time: 408
    body_too_slow,                ///< the body came slower than the least rate: 408
    expectation_failed,           ///< Expect asks for something else than 100-continue: 417
    peer_not_reading,             ///< the peer takes nothing of the answer any more
    reserved_header,              ///< an answer's field that the server writes itself: 500
    length_mismatch,              ///< an answer's body has not the length that was told: 500
    no_answer,                    ///< the handler ended without an answer: 500
    handler_threw,                ///< the handler ended in an exception: 500
};

/// How many errors there are; their numbers are 1 ... this.
inline constexpr std::size_t errc_count = static_cast<std::size_t>(errc::handler_threw);

/// In one word, as the enumerator is called: the value of a metric's label.
[[nodiscard]] std::string_view name_of(errc error) noexcept;

/// The status that answers a request with this error.
[[nodiscard]] status status_for(errc error) noexcept;
/// The same for an error code of any category; 400 for those that are not ours.
[[nodiscard]] status status_for(const std::error_code& error) noexcept;

/// The category of errc.
[[nodiscard]] const std::error_category& category() noexcept;

/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(errc error) noexcept {
    return {static_cast<int>(error), category()};
}

}  // namespace weir::http

template <>
struct std::is_error_code_enum<weir::http::errc> : std::true_type {};
