// SPDX-License-Identifier: Apache-2.0
// cookie: what a browser sends along, and how it is told to. Sources: RFC 6265 4.1 (Set-Cookie),
// 4.2 (Cookie), 5.4; draft-ietf-httpbis-rfc6265bis 4.1.2.7 (SameSite), 4.1.3 (name prefixes).
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::http {

/// The value that a request has for a cookie, as it was sent, quotes included; nullopt = none. Of
/// several the first, which browsers send for the longest path. Anybody may have set it: a
/// neighbouring host, too, unless its name begins with "__Host-".
/// Allocates: nothing.
[[nodiscard]] std::optional<std::string_view> cookie_value(const headers& asked WEIR_LIFETIMEBOUND,
                                                           std::string_view name) noexcept;

/// To which requests from other sites a browser adds a cookie.
enum class same_site : std::uint8_t {
    strict,  ///< none, not even when somebody follows a link to here
    lax,     ///< those that follow a link
    none,    ///< all; only where it is secure
};

/// A cookie to set; a value. Without a word more it is for this host, for TLS and not for scripts:
/// what it is less than that must be said.
///
/// ```cpp
/// const auto field = weir::http::cookie("__Host-session", token).max_age(24h).to_field();
/// if (field) response.headers().add("Set-Cookie", *field);
/// ```
class cookie {
public:
    cookie(std::string name, std::string value)
        : name_(std::move(name)), value_(std::move(value)) {}

    /// How long it is kept; 0 or less = it is removed. Without it, until the browser ends.
    cookie& max_age(std::chrono::seconds value) {
        max_age_ = value;
        return *this;
    }
    /// Default "/".
    cookie& path(std::string value) {
        path_ = std::move(value);
        return *this;
    }
    /// All hosts beneath `value`, too. Default: this host alone.
    cookie& domain(std::string value) {
        domain_ = std::move(value);
        return *this;
    }
    /// Default lax.
    cookie& sent_from(same_site value) {
        same_site_ = value;
        return *this;
    }
    /// Sent without TLS, too.
    cookie& insecure() {
        is_secure_ = false;
        return *this;
    }
    /// Scripts of the page may read it.
    cookie& readable_by_scripts() {
        is_http_only_ = false;
        return *this;
    }

    /// The value of a Set-Cookie; one field for each cookie.
    ///
    /// Errors:  errc::bad_header_name: no token; errc::bad_header_value: a value, path or domain
    ///          with what no cookie may hold (encode it first), or attributes that browsers would
    ///          refuse: a "__Host-" cookie with a domain, another path or without TLS, a
    ///          "__Secure-" one without TLS, same_site::none without TLS; longer than 4096 bytes.
    [[nodiscard]] result<std::string> to_field() const;

private:
    [[nodiscard]] bool keeps_its_promises() const noexcept;

    std::string name_;
    std::string value_;
    std::string path_ = "/";
    std::string domain_;
    std::optional<std::chrono::seconds> max_age_;
    same_site same_site_ = same_site::lax;
    bool is_secure_ = true;
    bool is_http_only_ = true;
};

}  // namespace weir::http
