// SPDX-License-Identifier: Apache-2.0
// traffic: what a client of a server asks for, in the classes that are limited apart.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::rate {

/// The classes of traffic_limits.
enum class traffic : std::uint8_t {
    message,       ///< one message, whatever it says
    connection,    ///< a new connection
    tool_call,     ///< work that a message asks for
    subscription,  ///< something that goes on after the answer
};

/// How many classes there are.
inline constexpr std::size_t traffic_classes = 4;

}  // namespace weir::rate
