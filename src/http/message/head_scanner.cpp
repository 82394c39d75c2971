// SPDX-License-Identifier: Apache-2.0
#include "head_scanner.hpp"

#include <weir/http/message/error.hpp>

#include <string_view>

namespace weir::http {

std::size_t head_scanner::scan(bytes data, const request_limits& limits) {
    std::size_t taken = 0;
    while (taken < data.size() && !is_complete()) {
        if (const std::size_t line = take_line(data.subspan(taken), limits); line != 0) {
            taken += line;
            continue;
        }
        if (const auto fine = take(data.subspan(taken), limits); !fine) {
            error_ = fine.error();
            return taken;
        }
        ++taken;
    }
    return taken;
}

void head_scanner::restart() noexcept {
    first_line_.clear();
    error_ = {};
    first_line_bytes_ = 0;
    headers_bytes_ = 0;
    header_count_ = 0;
    place_ = place::before_head;
    after_cr_ = false;
    skipped_blank_line_ = false;
}

/// Takes a whole line in which nothing is wrong; 0 = it takes a closer look, byte by byte.
std::size_t head_scanner::take_line(bytes data, const request_limits& limits) {
    if (after_cr_ || (place_ != place::before_head && place_ != place::line_start)) return 0;
    const std::string_view text = as_text(data);
    const std::size_t size = text.find('\n') + 1;
    if (size < 3) return 0;  // none, or a blank line
    const std::string_view line = text.substr(0, size - 2);
    if (text[size - 2] != '\r' || line.find('\r') != line.npos || line.find('\0') != line.npos) {
        return 0;
    }
    if (place_ == place::before_head) {
        if (first_line_bytes_ + size > limits.max_request_line_bytes()) return 0;
        first_line_bytes_ += size;
        first_line_.add(line);
    } else {
        if (line.front() == ' ' || line.front() == '\t') return 0;
        if (headers_bytes_ + size > limits.max_headers_bytes()) return 0;
        if (header_count_ == limits.max_header_count()) return 0;
        headers_bytes_ += size;
        ++header_count_;
    }
    place_ = place::line_start;
    return size;
}

/// Takes the first byte.
result<void> head_scanner::take(bytes data, const request_limits& limits) {
    const char c = static_cast<char>(data.front());
    if (c == '\0') return fail(make_error_code(errc::nul_byte));
    const bool in_first_line = place_ == place::before_head || place_ == place::first_line;
    if (in_first_line && ++first_line_bytes_ > limits.max_request_line_bytes()) {
        return fail(make_error_code(errc::request_line_over_limit));
    }
    if (!in_first_line && ++headers_bytes_ > limits.max_headers_bytes() + 2) {
        return fail(make_error_code(errc::headers_over_limit));
    }
    if (after_cr_ != (c == '\n')) return fail(make_error_code(errc::bad_line_ending));
    if (c == '\n') return end_line(limits);
    after_cr_ = c == '\r';
    if (after_cr_) return {};

    if (place_ == place::before_head) place_ = place::first_line;
    if (place_ == place::first_line) first_line_.add(as_text(data.first(1)));
    if (place_ == place::line_start) {
        if (c == ' ' || c == '\t') return fail(make_error_code(errc::folded_header));
        if (++header_count_ > limits.max_header_count()) {
            return fail(make_error_code(errc::header_count_over_limit));
        }
        place_ = place::in_line;
    }
    return {};
}

result<void> head_scanner::end_line(const request_limits& limits) {
    after_cr_ = false;
    if (place_ == place::before_head) {
        // One empty line in front is what old clients send after a body (RFC 9112 2.2).
        if (skipped_blank_line_) return fail(make_error_code(errc::malformed));
        skipped_blank_line_ = true;
        return {};
    }
    if (place_ == place::line_start) {
        place_ = place::complete;
        return {};
    }
    place_ = place::line_start;
    if (headers_bytes_ > limits.max_headers_bytes()) {
        return fail(make_error_code(errc::headers_over_limit));
    }
    return {};
}

}  // namespace weir::http
