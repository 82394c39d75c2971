// SPDX-License-Identifier: Apache-2.0
#include "announced_body.hpp"

#include <weir/http/message/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace weir::http {

result<announced_body> announced_body::of(const headers& fields, http::version version) {
    announced_body found;
    const std::size_t lengths = fields.count("Content-Length");
    const std::size_t encodings = fields.count("Transfer-Encoding");
    if (lengths > 1 || (lengths != 0 && encodings != 0)) {
        return fail(make_error_code(errc::ambiguous_length));
    }
    if (encodings != 0) {
        if (encodings > 1 || version == version::http_1_0 ||
            !equal_ignoring_case(*fields.find("Transfer-Encoding"), "chunked")) {
            return fail(make_error_code(errc::bad_transfer_encoding));
        }
        found.is_chunked = true;
        return found;
    }
    if (lengths == 0) return found;
    const std::string_view text = *fields.find("Content-Length");
    std::int64_t length = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
    const bool is_digits =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (text.empty() || !is_digits || parsed.ec != std::errc()) {
        return fail(make_error_code(errc::ambiguous_length));
    }
    found.length = static_cast<std::uint64_t>(length);
    return found;
}

}  // namespace weir::http
