// SPDX-License-Identifier: Apache-2.0
// trace_id: one number for all that is done because of one request, in every process that it
// reaches.
// Source: W3C Trace Context, Recommendation of 2021-11-23, 3.2.2.3.
#pragma once

#include <weir/base/result.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::trace {

/// 128 bits; all zero = none. A value.
class trace_id {
public:
    constexpr trace_id() noexcept = default;
    explicit constexpr trace_id(std::uint64_t high, std::uint64_t low) noexcept
        : high_(high), low_(low) {}

    /// Reads 32 digits of `0-9a-f`; capitals are refused, as is 0.
    ///
    /// Errors:  invalid_argument.
    [[nodiscard]] static result<trace_id> parse(std::string_view text) noexcept;
    /// 32 hexadecimal digits.
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] constexpr bool is_valid() const noexcept { return (high_ | low_) != 0; }
    [[nodiscard]] constexpr std::uint64_t high() const noexcept { return high_; }
    [[nodiscard]] constexpr std::uint64_t low() const noexcept { return low_; }
    [[nodiscard]] constexpr auto operator<=>(const trace_id&) const noexcept = default;

private:
    std::uint64_t high_ = 0;
    std::uint64_t low_ = 0;
};

}  // namespace weir::trace
