// SPDX-License-Identifier: Apache-2.0
// HTTP status codes that weir itself sends or looks at. Source: RFC 9110 15, RFC 6585.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::http {

/// A status code; any number 100 ... 599 may be cast to it.
enum class status : std::uint16_t {
    continue_ = 100,
    switching_protocols = 101,
    ok = 200,
    no_content = 204,
    partial_content = 206,
    moved_permanently = 301,
    found = 302,
    see_other = 303,
    not_modified = 304,
    temporary_redirect = 307,
    permanent_redirect = 308,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    not_acceptable = 406,
    request_timeout = 408,
    precondition_failed = 412,
    content_too_large = 413,
    uri_too_long = 414,
    unsupported_media_type = 415,
    range_not_satisfiable = 416,
    expectation_failed = 417,
    upgrade_required = 426,
    too_many_requests = 429,
    request_header_fields_too_large = 431,
    internal_server_error = 500,
    not_implemented = 501,
    bad_gateway = 502,
    service_unavailable = 503,
    gateway_timeout = 504,
    http_version_not_supported = 505,
};

/// The phrase of RFC 9110 for `code`; "Unknown" for a number that has none here.
[[nodiscard]] std::string_view reason_phrase(status code) noexcept;

/// Whether a response of this status never has a body: 1xx, 204, 304.
[[nodiscard]] constexpr bool has_no_body(status code) noexcept {
    return static_cast<std::uint16_t>(code) < 200 || code == status::no_content ||
           code == status::not_modified;
}

}  // namespace weir::http
