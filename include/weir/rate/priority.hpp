// SPDX-License-Identifier: Apache-2.0
// priority: whose work goes first, and whose is given up first.
#pragma once

#include <cstdint>

namespace weir::rate {

/// How soon something is wanted.
enum class priority : std::uint8_t {
    urgent,      ///< goes before all others
    normal,      ///< what somebody waits for
    background,  ///< could as well be done later
};

}  // namespace weir::rate
