// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/error.hpp>

#include <array>
#include <string>

namespace weir::http {
namespace {

/// In the order of their numbers, which begin with 1.
constexpr std::array<std::string_view, errc_count> names{
    "malformed",
    "bad_line_ending",
    "folded_header",
    "nul_byte",
    "bad_method",
    "bad_target",
    "version_not_supported",
    "bad_header_name",
    "bad_header_value",
    "ambiguous_length",
    "bad_transfer_encoding",
    "bad_chunk",
    "host_missing_or_repeated",
    "request_line_over_limit",
    "headers_over_limit",
    "header_count_over_limit",
    "body_over_limit",
    "unsupported_coding",
    "bad_coding",
    "decoded_over_limit",
    "coding_ratio_over_limit",
    "event_over_limit",
    "ended_early",
    "chunk_extensions_over_limit",
    "trailers_over_limit",
    "head_too_slow",
    "body_too_slow",
    "expectation_failed",
    "peer_not_reading",
    "reserved_header",
    "length_mismatch",
    "no_answer",
    "handler_threw",
};

/// Empty = it is no limit.
const char* describe_limit(errc error) noexcept {
    switch (error) {
        case errc::request_line_over_limit:
            return "limit passed: max_request_line_bytes";
        case errc::headers_over_limit:
            return "limit passed: max_headers_bytes";
        case errc::header_count_over_limit:
            return "limit passed: max_header_count";
        case errc::body_over_limit:
            return "limit passed: max_body_bytes";
        case errc::decoded_over_limit:
            return "limit passed: max_decoded_bytes";
        case errc::coding_ratio_over_limit:
            return "limit passed: max_ratio of a content coding";
        case errc::event_over_limit:
            return "limit passed: max_event_bytes";
        case errc::chunk_extensions_over_limit:
            return "limit passed: max_chunk_extension_bytes";
        case errc::trailers_over_limit:
            return "limit passed: max_trailer_bytes";
        case errc::head_too_slow:
            return "limit passed: head_timeout";
        case errc::body_too_slow:
            return "limit passed: min_body_rate";
        case errc::peer_not_reading:
            return "limit passed: send_timeout";
        default:
            return "";
    }
}

const char* describe(errc error) noexcept {
    switch (error) {
        case errc::malformed:
            return "malformed HTTP message";
        case errc::bad_line_ending:
            return "a line did not end in CR LF";
        case errc::folded_header:
            return "a header was folded over two lines";
        case errc::nul_byte:
            return "NUL byte in an HTTP head";
        case errc::bad_method:
            return "unknown or malformed method";
        case errc::bad_target:
            return "malformed request target";
        case errc::version_not_supported:
            return "neither HTTP/1.0 nor HTTP/1.1";
        case errc::bad_header_name:
            return "malformed header name";
        case errc::bad_header_value:
            return "malformed header value";
        case errc::ambiguous_length:
            return "repeated, malformed or contradicted Content-Length";
        case errc::bad_transfer_encoding:
            return "Transfer-Encoding other than chunked";
        case errc::bad_chunk:
            return "malformed chunk";
        case errc::host_missing_or_repeated:
            return "not exactly one Host";
        case errc::ended_early:
            return "the stream ended inside an HTTP message";
        case errc::unsupported_coding:
            return "unsupported content coding";
        case errc::bad_coding:
            return "damaged or incomplete content coding";
        case errc::expectation_failed:
            return "Expect other than 100-continue";
        case errc::reserved_header:
            return "an answer has a header that the server writes itself";
        case errc::length_mismatch:
            return "a body has not the length that was told";
        case errc::no_answer:
            return "the handler ended without an answer";
        case errc::handler_threw:
            return "the handler ended in an exception";
        default:
            return "unknown HTTP error";
    }
}

class http_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "http"; }
    [[nodiscard]] std::string message(int value) const override {
        const auto error = static_cast<errc>(value);
        const char* limit = describe_limit(error);
        return *limit == '\0' ? describe(error) : limit;
    }
};

}  // namespace

const std::error_category& category() noexcept {
    static const http_category category;
    return category;
}

std::string_view name_of(errc error) noexcept {
    const auto number = static_cast<std::size_t>(error);
    return number >= 1 && number <= errc_count ? names[number - 1] : "unknown";
}

status status_for(errc error) noexcept {
    switch (error) {
        case errc::version_not_supported:
            return status::http_version_not_supported;
        case errc::request_line_over_limit:
            return status::uri_too_long;
        case errc::headers_over_limit:
        case errc::header_count_over_limit:
        case errc::trailers_over_limit:
            return status::request_header_fields_too_large;
        case errc::body_over_limit:
        case errc::decoded_over_limit:
        case errc::coding_ratio_over_limit:
            return status::content_too_large;
        case errc::unsupported_coding:
            return status::unsupported_media_type;
        case errc::chunk_extensions_over_limit:
            return status::content_too_large;
        case errc::head_too_slow:
        case errc::body_too_slow:
            return status::request_timeout;
        case errc::expectation_failed:
            return status::expectation_failed;
        case errc::peer_not_reading:
        case errc::reserved_header:
        case errc::length_mismatch:
        case errc::no_answer:
        case errc::handler_threw:
            return status::internal_server_error;
        default:
            return status::bad_request;
    }
}

status status_for(const std::error_code& error) noexcept {
    if (error.category() != category()) return status::bad_request;
    return status_for(static_cast<errc>(error.value()));
}

}  // namespace weir::http
