// SPDX-License-Identifier: Apache-2.0
// http_date: a moment as HTTP writes it: "Sun, 06 Nov 1994 08:49:37 GMT". Read in the two obsolete
// forms, too. Source: RFC 9110 5.6.7.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace weir::http {

/// The text of a moment; a value without memory of its own.
///
/// ```cpp
/// headers.add("Date", weir::http::http_date(now).text());
/// ```
class http_date {
public:
    /// @param moment  of the years 0 ... 9999, which is all that four digits can say (asserted).
    explicit http_date(std::chrono::sys_seconds moment) noexcept;

    /// In the preferred form, IMF-fixdate; valid as long as this.
    [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

private:
    std::array<char, 29> text_;
};

/// Reads any of the three forms: IMF-fixdate, that of RFC 850, that of asctime(). The day of the
/// week must be one, but not the right one; a leap second is the second after it.
///
/// @param now  tells the century of RFC 850's two-digit years: what would be more than 50 years
///             ahead is past.
/// @return     nullopt = not a date.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(
    std::string_view text, std::chrono::sys_seconds now) noexcept;

}  // namespace weir::http
