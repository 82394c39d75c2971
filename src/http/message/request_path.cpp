// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/request_path.hpp>

#include <weir/base/assert.hpp>
#include <weir/http/message/error.hpp>
#include <weir/http/message/headers.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace weir::http {
namespace {

int digit_of(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Takes one character, or what an escape stands for, off the front of `text`.
std::optional<char> take_char(std::string_view& text) noexcept {
    const char first = text.front();
    if (first != '%') {
        text.remove_prefix(1);
        return first;
    }
    if (text.size() < 3 || digit_of(text[1]) < 0 || digit_of(text[2]) < 0) return std::nullopt;
    const int value = digit_of(text[1]) * 16 + digit_of(text[2]);
    text.remove_prefix(3);
    return static_cast<char>(value);
}

/// The path of a target; nullopt = it has none.
std::optional<std::string_view> path_of(std::string_view target) noexcept {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        target.remove_prefix(scheme.size());
        target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
        if (!target.starts_with('/')) return "/";
    }
    if (!target.starts_with('/')) return std::nullopt;
    return target.substr(0, target.find('?'));
}

}  // namespace

result<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    while (!text.empty()) {
        const auto c = take_char(text);
        if (!c) return fail(make_error_code(errc::bad_target));
        decoded += *c;
    }
    return decoded;
}

result<request_path> request_path::parse(std::string_view target) {
    const auto path = path_of(target);
    if (!path) return fail(make_error_code(errc::bad_target));
    request_path parsed;
    parsed.plain_ = path->substr(1);
    if (!parsed.decode() || parsed.has_dot_segment()) {
        return fail(make_error_code(errc::bad_target));
    }
    return parsed;
}

bool request_path::decode() {
    if (plain_.find('\0') != plain_.npos) return false;
    if (plain_.find('%') == plain_.npos) return true;
    is_decoded_ = true;
    bool has_slash = false;
    for (std::string_view rest = plain_; !rest.empty();) {
        const bool is_escape = rest.front() == '%';
        const auto c = take_char(rest);
        if (!c || *c == '\0') return false;
        decoded_ += *c;
        divided_ += *c == '/' && !is_escape ? '\0' : *c;
        has_slash = has_slash || (*c == '/' && is_escape);
    }
    if (!has_slash) divided_.clear();
    return true;
}

bool request_path::has_dot_segment() const noexcept {
    for (std::size_t at = 0; at < end();) {
        const std::string_view segment = segment_at(at);
        if (segment == "." || segment == "..") return true;
        at += segment.size() + 1;
    }
    return false;
}

std::string_view request_path::segment_at(std::size_t position) const noexcept {
    WEIR_ASSERT(position < end(), "a segment begins within the path");
    const std::size_t over =
        divided_.empty() ? text().find('/', position) : divided_.find('\0', position);
    return text().substr(position, over - position);
}

bool request_path::has_encoded_slash(std::size_t position) const noexcept {
    return divided_.find('/', position) != divided_.npos;
}

}  // namespace weir::http
