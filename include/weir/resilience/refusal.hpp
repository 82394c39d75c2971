// SPDX-License-Identifier: Apache-2.0
// refusal: why something was not even tried, as error codes of their own category: the work was
// not begun, so trying it elsewhere or later is safe.
#pragma once

#include <cstdint>
#include <system_error>

namespace weir::resilience {

/// Who refused, and so why.
enum class refusal : std::uint8_t {
    circuit_open = 1,  ///< too much has failed lately (circuit_breaker)
    rate_limited,      ///< it could not begin soon enough (rate_limiter)
};

/// The category of refusal.
[[nodiscard]] const std::error_category& refusal_category() noexcept;
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(refusal why) noexcept {
    return {static_cast<int>(why), refusal_category()};
}

}  // namespace weir::resilience

template <>
struct std::is_error_code_enum<weir::resilience::refusal> : std::true_type {};
