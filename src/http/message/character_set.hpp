// SPDX-License-Identifier: Apache-2.0
// character_set: which bytes a rule of the grammar allows, as a table.
#pragma once

#include <array>
#include <string_view>

namespace weir::http {

class character_set {
public:
    explicit constexpr character_set(std::string_view all) noexcept {
        for (const char each : all) table_[static_cast<unsigned char>(each)] = true;
    }
    [[nodiscard]] constexpr bool contains(char c) const noexcept {
        return table_[static_cast<unsigned char>(c)];
    }

private:
    std::array<bool, 256> table_{};
};

}  // namespace weir::http
