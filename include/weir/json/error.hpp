// SPDX-License-Identifier: Apache-2.0
// Why a text is no JSON, or more than its reader wants, as error codes of their own category.
#pragma once

#include <cstdint>
#include <system_error>

namespace weir::json {

/// What is wrong with a text.
enum class errc : std::uint8_t {
    cut_off = 1,           ///< it ends in the middle of a value
    unexpected_character,  ///< something stands where it may not
    bad_string,            ///< a control character in a string
    bad_escape,            ///< an escape that JSON does not have, or half of a surrogate pair
    bad_number,            ///< for example a leading zero
    other_type,            ///< a value of another type than was asked for
    too_deep,              ///< more than max_depth values within each other
    too_many_keys,         ///< more than max_keys members in all objects together
};

/// The category of errc.
[[nodiscard]] const std::error_category& category() noexcept;
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(errc error) noexcept {
    return {static_cast<int>(error), category()};
}

}  // namespace weir::json

template <>
struct std::is_error_code_enum<weir::json::errc> : std::true_type {};
