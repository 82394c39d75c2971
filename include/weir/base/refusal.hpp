// SPDX-License-Identifier: Apache-2.0
// refusal: why something was not even tried, as error codes of their own category: the work was
// not begun, so trying it elsewhere or later is safe. And how each protocol tells its peer so.
#pragma once

#include <cstdint>
#include <string_view>
#include <system_error>

namespace weir {

/// Who refused, and so why.
enum class refusal : std::uint8_t {
    circuit_open = 1,    ///< too much has failed lately (circuit_breaker)
    rate_limited,        ///< it could not begin soon enough (rate limiters)
    banned,              ///< it went on too often after it was rate limited (keyed_limiter)
    too_many_in_flight,  ///< as much as is allowed is under way (bulkhead, adaptive_limit)
    overloaded,          ///< what waits would be answered too late (load_shedder)
    exhausted,           ///< all are lent, and too many wait for one (pool)
    no_target,           ///< nobody is left that could do it (balancers)
    shutting_down,       ///< nothing new is begun any more
};

/// The category of refusal.
[[nodiscard]] const std::error_category& refusal_category() noexcept;
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(refusal why) noexcept {
    return {static_cast<int>(why), refusal_category()};
}

/// One refusal in the words of the protocols that a peer may speak.
struct refusal_terms {
    std::uint16_t http_status;      ///< 429 or 503; both go with a Retry-After (RFC 9110 10.2.3)
    std::uint16_t websocket_close;  ///< 1001, 1008 or 1013, as registered with IANA
    std::int32_t json_rpc_error;    ///< -32000 ... -32099, what JSON-RPC 2.0 leaves to servers
    std::string_view label;         ///< the value of a metric's label: snake_case, never changed
};

/// How to tell a peer of `why`.
[[nodiscard]] const refusal_terms& terms_of(refusal why) noexcept;

}  // namespace weir

template <>
struct std::is_error_code_enum<weir::refusal> : std::true_type {};
