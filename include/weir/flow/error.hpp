// SPDX-License-Identifier: Apache-2.0
// What the pieces of this room can fail with on their own, as error codes.
#pragma once

#include <cstdint>
#include <system_error>

namespace weir::flow {

/// Why a piece of flow has failed, apart from what the work in it fails with.
enum class errc : std::uint8_t {
    wrong_answer_size = 1,  ///< a load did not give one outcome for each key (data_loader)
    too_many_restarts,      ///< a child has failed too often in too short a time (supervisor)
};

/// The category of errc.
[[nodiscard]] const std::error_category& category() noexcept;
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(errc why) noexcept {
    return {static_cast<int>(why), category()};
}

}  // namespace weir::flow

template <>
struct std::is_error_code_enum<weir::flow::errc> : std::true_type {};
