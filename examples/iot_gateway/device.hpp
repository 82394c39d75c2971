// SPDX-License-Identifier: Apache-2.0
// device: all that the gateway keeps of a device that is connected. There are many of them, so its
// size is a promise.
#pragma once

#include <chrono>
#include <cstdint>

/// A value.
class device {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit device(std::uint32_t id_) noexcept : id(id_) {}

    time_point last_ping{};  ///< the beginning of time = none yet
    std::uint32_t id;
    std::uint32_t readings = 0;   ///< that were taken
    std::uint32_t ignored = 0;    ///< messages that nobody is for
    std::uint32_t malformed = 0;  ///< messages that do not fit their layout
    std::uint16_t sequence = 0;   ///< of the last message that had one
};

static_assert(sizeof(device) <= 64, "a hundred thousand of them fit into 6 MiB");
