// SPDX-License-Identifier: Apache-2.0
// ping_ledger: which ping a pong answers. A peer may answer only the newest of several pings
// (RFC 6455 5.5.3), so a pong answers all pings up to the one whose payload it repeats; and one
// that repeats none of ours answers nothing.
#pragma once

#include <weir/base/bytes.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace weir::ws {

/// The pings of one connection that were not answered yet. A value; time is told.
class ping_ledger {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using payload = std::array<std::byte, 8>;

    /// The answer to a ping.
    class answer {
    public:
        explicit answer(std::uint64_t newest, std::chrono::nanoseconds time) noexcept
            : number(newest), round_trip(time) {}
        std::uint64_t number;                 ///< it and all pings before it are answered
        std::chrono::nanoseconds round_trip;  ///< of that one
    };

    /// @param first_number  of the first ping, to tell it from those of other connections.
    explicit ping_ledger(std::uint64_t first_number = 1) noexcept : next_(first_number) {}

    /// A ping is sent. Beyond `max_unanswered`, the oldest is forgotten.
    [[nodiscard]] std::uint64_t begin(time_point now);
    [[nodiscard]] static payload payload_of(std::uint64_t number) noexcept;
    /// A pong has come; none = it is not for us.
    [[nodiscard]] std::optional<answer> pong(bytes received, time_point now);

    [[nodiscard]] std::size_t unanswered() const noexcept { return sent_.size(); }

    static constexpr std::size_t max_unanswered = 64;

private:
    std::deque<std::pair<std::uint64_t, time_point>> sent_;
    std::uint64_t next_;
};

}  // namespace weir::ws
