// SPDX-License-Identifier: Apache-2.0
// request_path: the path of a request target, taken apart first and then decoded, once: an encoded
// slash divides nothing, and a percent sign that was encoded stays one. Dot segments are refused,
// encoded or not: clients resolve them, and what is left of them climbs out of something.
// Sources: RFC 9112 3.2 (targets), RFC 3986 2.4 (when to decode), 3.3, 5.2.4, 6.2.2.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::http {

/// Decodes %XX, once.
/// Errors:    errc::bad_target: a percent sign without two hexadecimal digits.
[[nodiscard]] result<std::string> percent_decoded(std::string_view text);

/// A decoded path. A view into the target wherever nothing in it is encoded, else it owns its text.
///
/// ```cpp
/// const auto path = weir::http::request_path::parse("/users/7%2F8?all");
/// for (std::size_t at = 0; at < path->end();) {
///     const std::string_view segment = path->segment_at(at);   // "users", then "7/8"
///     at += segment.size() + 1;
/// }
/// ```
class request_path {
public:
    /// @param target  "/path?query" or "http://host/path?query"; the query is left out.
    /// Errors:        errc::bad_target: another form, a malformed escape, a NUL, a dot segment.
    /// Allocates:     nothing, unless something is encoded and the path is long.
    [[nodiscard]] static result<request_path> parse(std::string_view target WEIR_LIFETIMEBOUND);

    /// The segment that begins at `position`: 0, or one behind the end of the segment before.
    /// Empty after a slash at the end, and between two slashes.
    [[nodiscard]] std::string_view segment_at(std::size_t position) const noexcept;
    /// Where no segment begins any more: one behind the end of the last one.
    [[nodiscard]] std::size_t end() const noexcept { return text().size() + 1; }
    /// What begins at `position`, slashes and all. Asks nobody whether a slash was an encoded one.
    [[nodiscard]] std::string_view rest_at(std::size_t position) const noexcept {
        return text().substr(position);
    }
    /// Whether a segment from `position` on has a slash in it, which was encoded.
    [[nodiscard]] bool has_encoded_slash(std::size_t position = 0) const noexcept;

private:
    request_path() = default;
    [[nodiscard]] std::string_view text() const noexcept {
        return is_decoded_ ? std::string_view(decoded_) : plain_;
    }
    [[nodiscard]] bool decode();
    [[nodiscard]] bool has_dot_segment() const noexcept;

    std::string_view plain_;
    std::string decoded_;
    std::string divided_;  // where slashes were encoded: the same with NUL for those that were not
    bool is_decoded_ = false;
};

}  // namespace weir::http
