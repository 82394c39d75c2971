// SPDX-License-Identifier: Apache-2.0
// url: where a request goes: `http://` or `https://`, a host, a port, a target. Sources: RFC 9110
// 4, RFC 3986.
#pragma once

#include <weir/base/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::http {

/// The parts of an `http://` or `https://` URL; a value.
///
/// ```cpp
/// const auto page = weir::ok(weir::http::url::parse("https://example.org/a/b?c=d"));
/// const auto next = weir::ok(page.resolve("../e"));    // https://example.org/e
/// ```
class url {
public:
    /// @param text  with scheme and host. A fragment is dropped, since it is never sent; bytes
    ///              beyond ASCII in path and query are percent-encoded.
    /// Errors:      client_errc: scheme_not_supported; credentials_in_url (they would end up in
    ///              logs: send an Authorization field); bad_url: no host, a malformed one, a port
    ///              that is not 1 ... 65535, or a space or control character.
    [[nodiscard]] static result<url> parse(std::string_view text);

    /// What `reference` means on a page at this URL, as in a Location field.
    ///
    /// Errors:  as `parse`.
    /// Source:  RFC 3986 5.2.
    [[nodiscard]] result<url> resolve(std::string_view reference) const;

    /// In lower case, without brackets.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// Path and query; begins with '/'.
    [[nodiscard]] const std::string& target() const noexcept { return target_; }
    /// Whether it is `https://`: over TLS.
    [[nodiscard]] bool is_secure() const noexcept { return is_secure_; }
    /// What stands in the Host field: with brackets for IPv6, with the port unless it is the usual
    /// one: 80, with TLS 443.
    [[nodiscard]] const std::string& authority() const noexcept { return authority_; }
    /// All of it.
    [[nodiscard]] std::string text() const;

    /// Whether both have the same scheme, host and port: who may know a secret of one may know it
    /// of the other (RFC 6454 5).
    [[nodiscard]] bool has_origin_of(const url& other) const noexcept;

    [[nodiscard]] bool operator==(const url& other) const noexcept = default;

private:
    url() = default;

    std::string host_;
    std::string authority_;
    std::string target_;
    std::uint16_t port_ = 80;
    bool is_secure_ = false;
};

}  // namespace weir::http
