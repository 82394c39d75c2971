// SPDX-License-Identifier: Apache-2.0
// request_encoder: the head of a request as bytes. Sources: RFC 9112 3, 6; RFC 9110 7.2 (Host), 8.6
// (Content-Length), 10.1.1 (Expect).
#pragma once

#include <weir/base/result.hpp>
#include <weir/http/client/client_request.hpp>

#include <string>
#include <string_view>

namespace weir::http {

/// Whether the client may ask for a packed response and unpack it: not if the caller speaks of
/// codings himself, nor for a range, which would be one of the packed bytes.
[[nodiscard]] bool may_ask_for_coding(const client_request& asked) noexcept;

/// Whether a client writes that field of its requests itself.
[[nodiscard]] bool is_reserved_in_requests(std::string_view name) noexcept;

/// Whether it can be sent at all.
/// Errors:  errc::bad_method (no token, or CONNECT), reserved_header.
[[nodiscard]] result<void> check_request(const client_request& asked);

/// Appends the head of a request that was checked.
///
/// @param user_agent   a field value; empty = no such field. The request's own goes first.
/// @param asks_for_coding  adds an Accept-Encoding with what is spoken here.
/// @param says_expect  adds `Expect: 100-continue`.
void append_request_head(std::string& out, const client_request& asked, std::string_view user_agent,
                         bool asks_for_coding, bool says_expect);

}  // namespace weir::http
