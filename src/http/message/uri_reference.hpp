// SPDX-License-Identifier: Apache-2.0
// uri_reference, uri_authority: the parts of a URI as text, without any meaning yet. Source:
// RFC 3986 3, 4.1 and appendix B.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::http {

/// A URI, or what stands for one relative to another; views into its text. Any text has parts:
/// whether they are good is not asked here.
class uri_reference {
public:
    /// @param text  outlives this.
    explicit uri_reference(std::string_view text WEIR_LIFETIMEBOUND) noexcept;

    std::optional<std::string_view> scheme;
    std::optional<std::string_view> authority;
    std::string_view path;
    std::optional<std::string_view> query;
    std::optional<std::string_view> fragment;
};

/// Who answers: host and port.
class uri_authority {
public:
    /// Errors: invalid_argument: no host, or what no host can be; a port that is not 1 ... 65535.
    ///         Somebody's name and password are none of its parts.
    [[nodiscard]] static result<uri_authority> parse(std::string_view text);

    /// In lower case, without brackets.
    std::string host;
    std::optional<std::uint16_t> port;

private:
    uri_authority() = default;
};

/// The part of a Host field, or of a URI: brackets around IPv6, the port unless it is the usual.
[[nodiscard]] std::string authority_text(std::string_view host, std::uint16_t port,
                                         std::uint16_t usual_port);

/// A path without "." and ".." in it (RFC 3986 5.2.4).
[[nodiscard]] std::string without_dot_segments(std::string_view path);

}  // namespace weir::http
