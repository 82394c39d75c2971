// SPDX-License-Identifier: Apache-2.0
// span_id: the number of one piece of work in a trace.
// Source: W3C Trace Context, Recommendation of 2021-11-23, 3.2.2.4.
#pragma once

#include <weir/base/result.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::trace {

/// 64 bits; all zero = none. A value.
class span_id {
public:
    constexpr span_id() noexcept = default;
    explicit constexpr span_id(std::uint64_t number) noexcept : number_(number) {}

    /// Reads 16 digits of `0-9a-f`; capitals are refused, as is 0.
    ///
    /// Errors:  invalid_argument.
    [[nodiscard]] static result<span_id> parse(std::string_view text) noexcept;
    /// 16 hexadecimal digits.
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] constexpr bool is_valid() const noexcept { return number_ != 0; }
    [[nodiscard]] constexpr std::uint64_t number() const noexcept { return number_; }
    [[nodiscard]] constexpr auto operator<=>(const span_id&) const noexcept = default;

private:
    std::uint64_t number_ = 0;
};

}  // namespace weir::trace
