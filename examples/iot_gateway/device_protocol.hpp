// SPDX-License-Identifier: Apache-2.0
// The devices' protocol, most significant byte first. No socket, no clock, no coroutine.
//
//   device -> gateway   0x01 PING   sequence:u16
//                       0x10 DATA   sequence:u16 temperature:i16 humidity:u8 pressure:u16
//   gateway -> device   0x02 PONG   sequence:u16, that of the ping
//
// Other commands are for later devices: they are counted and ignored. A message that is shorter or
// longer than its layout is counted, too, and nothing of it is used.
#pragma once

#include "device.hpp"

#include <weir/ws/routing/frame_router.hpp>

#include <cstdint>
#include <optional>

/// What the first byte says.
enum class command : std::uint8_t {
    ping = 0x01,
    pong = 0x02,
    data = 0x10,
};

/// What a device has measured; a value.
class reading {
public:
    explicit reading(std::uint32_t device_, std::uint16_t sequence_, std::int16_t hundredths_,
                     std::uint8_t humidity_, std::uint16_t pressure_) noexcept
        : device(device_),
          sequence(sequence_),
          hundredths(hundredths_),
          pressure(pressure_),
          humidity(humidity_) {}

    [[nodiscard]] double celsius() const noexcept { return hundredths / 100.0; }

    std::uint32_t device;
    std::uint16_t sequence;
    std::int16_t hundredths;  ///< of a degree Celsius
    std::uint16_t pressure;   ///< hectopascals
    std::uint8_t humidity;    ///< percent
};

/// A message that is being handled.
class arrival {
public:
    explicit arrival(device& from_, device::time_point now_) noexcept : from(from_), now(now_) {}

    device& from;
    device::time_point now;
    std::optional<reading> taken;  ///< what was measured, if it says so
};

/// Handles one message: the device and `arrival::taken` say what came of it, the outcome what to
/// answer.
[[nodiscard]] weir::ws::route_outcome handle(arrival& message, weir::bytes content);
