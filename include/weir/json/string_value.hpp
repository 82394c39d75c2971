// SPDX-License-Identifier: Apache-2.0
// string_value: a string of a JSON text, where it stands.
#pragma once

#include <string>
#include <string_view>

namespace weir::json {

/// A checked string; a view, valid as long as the text. Compares as what it means, not as it is
/// written: "\u0061" is "a".
class string_value {
public:
    constexpr string_value() noexcept = default;
    /// @param raw  what stands between the quotes, with its escapes; checked by the scanner.
    constexpr explicit string_value(std::string_view raw, bool has_escapes) noexcept
        : raw_(raw), has_escapes_(has_escapes) {}

    /// What stands between the quotes.
    [[nodiscard]] constexpr std::string_view raw() const noexcept { return raw_; }
    /// Whether `raw` is another text than what is meant.
    [[nodiscard]] constexpr bool has_escapes() const noexcept { return has_escapes_; }
    /// What is meant.
    [[nodiscard]] std::string text() const;

    [[nodiscard]] friend bool operator==(const string_value& a, std::string_view b) {
        return a.has_escapes_ ? a.text() == b : a.raw_ == b;
    }

private:
    std::string_view raw_;
    bool has_escapes_ = false;
};

}  // namespace weir::json
