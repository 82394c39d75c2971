// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/cookie.hpp>

#include <weir/http/message/error.hpp>

#include <algorithm>
#include <cstddef>

namespace weir::http {
namespace {

constexpr std::size_t max_cookie_bytes = 4096;  // of name and value: more is not kept (6265bis 5.6)

bool is_cookie_char(char c) noexcept {
    return c > ' ' && c < '\x7F' && c != '"' && c != ',' && c != ';' && c != '\\';
}

bool is_attribute_char(char c) noexcept { return c >= ' ' && c < '\x7F' && c != ';'; }

bool begins_with(std::string_view text, std::string_view start) noexcept {
    return equal_ignoring_case(text.substr(0, start.size()), start);  // as browsers compare it
}

std::string_view name_of(same_site value) noexcept {
    switch (value) {
        case same_site::strict:
            return "Strict";
        case same_site::lax:
            return "Lax";
        case same_site::none:
            return "None";
    }
    return "Lax";
}

/// The value of `name` in one Cookie field.
std::optional<std::string_view> value_in(std::string_view field, std::string_view name) noexcept {
    while (!field.empty()) {
        const std::size_t end = std::min(field.find(';'), field.size());
        const std::string_view pair = field.substr(0, end);
        field.remove_prefix(std::min(end + 1, field.size()));
        const std::size_t equals = pair.find('=');
        if (equals == pair.npos || trimmed(pair.substr(0, equals)) != name) continue;
        return trimmed(pair.substr(equals + 1));
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string_view> cookie_value(const headers& asked, std::string_view name) noexcept {
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (!equal_ignoring_case(asked[i].name(), "Cookie")) continue;
        if (const auto value = value_in(asked[i].value(), name)) return value;
    }
    return std::nullopt;
}

bool cookie::keeps_its_promises() const noexcept {
    if (begins_with(name_, "__Host-") && (!is_secure_ || path_ != "/" || !domain_.empty())) {
        return false;
    }
    if (begins_with(name_, "__Secure-") && !is_secure_) return false;
    return same_site_ != same_site::none || is_secure_;
}

result<std::string> cookie::to_field() const {
    if (!is_token(name_)) return fail(make_error_code(errc::bad_header_name));
    const bool is_well = std::all_of(value_.begin(), value_.end(), is_cookie_char) &&
                         std::all_of(path_.begin(), path_.end(), is_attribute_char) &&
                         std::all_of(domain_.begin(), domain_.end(), is_attribute_char) &&
                         path_.starts_with('/') && keeps_its_promises() &&
                         name_.size() + value_.size() <= max_cookie_bytes;
    if (!is_well) return fail(make_error_code(errc::bad_header_value));
    std::string field = name_ + "=" + value_ + "; Path=" + path_;
    if (!domain_.empty()) field += "; Domain=" + domain_;
    if (max_age_) {
        const auto kept = std::max(*max_age_, std::chrono::seconds(0));
        field += "; Max-Age=" + std::to_string(kept.count());
    }
    if (is_secure_) field += "; Secure";
    if (is_http_only_) field += "; HttpOnly";
    field += "; SameSite=";
    field += name_of(same_site_);
    return field;
}

}  // namespace weir::http
