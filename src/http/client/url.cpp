// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/url.hpp>

#include <weir/http/client/client_error.hpp>
#include <weir/http/message/headers.hpp>

#include <utility>

#include "http/message/uri_reference.hpp"

namespace weir::http {
namespace {

std::uint16_t usual_port(bool is_secure) noexcept { return is_secure ? 443 : 80; }

unexpected<std::error_code> refuse(client_errc error) { return fail(make_error_code(error)); }

/// Appends `part` in ASCII; false = something in it could end the request's line.
bool append_encoded(std::string& out, std::string_view part) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : part) {
        const auto code = static_cast<unsigned char>(c);
        if (code <= 0x20 || code == 0x7F) return false;
        if (code < 0x80) {
            out += c;
        } else {
            out += '%';
            out += digits[code >> 4U];
            out += digits[code & 15U];
        }
    }
    return true;
}

/// The path of a reference that is relative to the folder of `base` (RFC 3986 5.2.3).
std::string merged(std::string_view base, std::string_view path) {
    return std::string(base.substr(0, base.rfind('/') + 1)).append(path);
}

result<std::string> target_of(std::string_view path, std::optional<std::string_view> query) {
    std::string target;
    if (!append_encoded(target, without_dot_segments(path))) return refuse(client_errc::bad_url);
    if (!target.starts_with('/')) target.insert(0, 1, '/');
    if (!query) return target;
    target += '?';
    if (!append_encoded(target, *query)) return refuse(client_errc::bad_url);
    return target;
}

}  // namespace

result<url> url::parse(std::string_view text) {
    const uri_reference parts(text);
    if (!parts.scheme) return refuse(client_errc::bad_url);
    url made;
    made.is_secure_ = equal_ignoring_case(*parts.scheme, "https");
    if (!made.is_secure_ && !equal_ignoring_case(*parts.scheme, "http")) {
        return refuse(client_errc::scheme_not_supported);
    }
    if (!parts.authority) return refuse(client_errc::bad_url);
    if (parts.authority->find('@') != std::string_view::npos) {
        return refuse(client_errc::credentials_in_url);
    }
    auto authority = uri_authority::parse(*parts.authority);
    if (!authority) return refuse(client_errc::bad_url);
    const std::uint16_t usual = usual_port(made.is_secure_);
    made.port_ = authority->port.value_or(usual);
    made.host_ = std::move(authority->host);
    made.authority_ = authority_text(made.host_, made.port_, usual);
    auto target = target_of(parts.path, parts.query);
    if (!target) return fail(target.error());
    made.target_ = std::move(*target);
    return made;
}

result<url> url::resolve(std::string_view reference) const {
    const uri_reference parts(reference);
    if (parts.scheme) return parse(reference);
    if (parts.authority) {
        return parse(std::string(is_secure_ ? "https:" : "http:").append(reference));
    }
    // Not a reference of its own: a path may begin with two slashes.
    const std::string_view base = std::string_view(target_).substr(0, target_.find('?'));
    url made(*this);
    if (parts.path.empty() && !parts.query) return made;
    std::string path(parts.path);
    if (parts.path.empty()) {
        path = base;
    } else if (!parts.path.starts_with('/')) {
        path = merged(base, parts.path);
    }
    auto target = target_of(path, parts.query);
    if (!target) return fail(target.error());
    made.target_ = std::move(*target);
    return made;
}

std::string url::text() const {
    return std::string(is_secure_ ? "https://" : "http://").append(authority_).append(target_);
}

bool url::has_origin_of(const url& other) const noexcept {
    return is_secure_ == other.is_secure_ && port_ == other.port_ && host_ == other.host_;
}

}  // namespace weir::http
