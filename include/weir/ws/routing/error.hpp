// SPDX-License-Identifier: Apache-2.0
// Why a message cannot be routed, as error codes of their own category.
#pragma once

#include <cstdint>
#include <system_error>

namespace weir::ws {

/// What is wrong with a message that is JSON, or no JSON at all but a frame.
enum class routing_errc : std::uint8_t {
    no_type = 1,       ///< neither a "type" that is a string nor a "batch" that is an array
    ambiguous,         ///< a member twice, or "type" and "batch": others may read it otherwise
    batch_over_limit,  ///< more messages than max_batch
    malformed_frame,   ///< a binary message that is shorter or longer than its layout
    other_kind,        ///< text where a binary message is due, or binary where text is
};

/// The category of routing_errc.
[[nodiscard]] const std::error_category& routing_category() noexcept;
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(routing_errc error) noexcept {
    return {static_cast<int>(error), routing_category()};
}

}  // namespace weir::ws

template <>
struct std::is_error_code_enum<weir::ws::routing_errc> : std::true_type {};
