// SPDX-License-Identifier: Apache-2.0
// concurrency_estimate: how many calls a service handles at once, found from how long they take: as
// long as more of them do not take longer, there is room. No clock, no coroutine.
//
//   measuring --a window is full--> measuring      latency near the base: the limit grows, if it
//   was
//       |                                          reached; beyond the tolerance: it shrinks
//       \--so many windows--> probing --a window is full--> measuring
//                             at half the limit no call waits for another: that is the base
//
// A window has as many calls as the limit, all begun within it, so it is about a round trip.
// (Additive increase, multiplicative decrease: Chiu and Jain 1989; latency as the sign of a queue:
// TCP Vegas, Brakmo 1995; the probe: BBR, Cardwell 2016; steps of the root: Netflix's
// concurrency-limits.)
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir::resilience {

/// How an estimate is found, and its bounds.
class estimate_options {
public:
    estimate_options() {}

    std::size_t initial = 20;       ///< `least` ... `most`
    std::size_t least = 1;          ///< 1 or more
    std::size_t most = 1000;        ///< `least` or more
    double tolerance = 1.5;         ///< mean latency over the base from which on a queue is seen
    double shrink = 0.9;            ///< what is left of the limit then
    std::size_t min_window = 20;    ///< calls; fewer tell nothing
    unsigned windows_a_probe = 50;  ///< how often the base is measured anew
};

/// The state of one estimate, and the calls under way. Belongs to one thread at a time.
class concurrency_estimate {
public:
    /// A call that is under way; its end is reported with it, once.
    class permit {
    private:
        friend class concurrency_estimate;
        explicit permit(std::uint64_t window) noexcept : window_(window) {}
        std::uint64_t window_;
    };

    explicit concurrency_estimate(const estimate_options& options = estimate_options());

    /// A permit if there is room for one more call.
    [[nodiscard]] std::optional<permit> try_begin() noexcept;
    void succeeded(permit call, std::chrono::nanoseconds latency) noexcept;
    /// It took too long, or the service said itself that it has too much to do.
    void overloaded(permit call) noexcept;
    /// It ended in a way that says nothing about the load.
    void abandoned(permit) noexcept { --in_flight_; }

    /// Calls that may be under way.
    [[nodiscard]] std::size_t limit() const noexcept;
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    /// What a call takes that waits for no other; zero = not known yet.
    [[nodiscard]] std::chrono::nanoseconds base() const noexcept { return base_; }

private:
    void end_window() noexcept;
    void begin_window() noexcept;
    void note_base(std::chrono::nanoseconds mean) noexcept;
    void shrink() noexcept;
    void grow() noexcept;

    estimate_options options_;
    double limit_;
    std::chrono::nanoseconds base_{0};
    std::size_t in_flight_ = 0;
    bool is_probing_ = true;
    unsigned windows_ = 0;  // since the last probe
    // Of the present window:
    std::uint64_t window_ = 0;
    std::chrono::nanoseconds sum_{0};
    std::size_t samples_ = 0;
    bool was_reached_ = false;
};

}  // namespace weir::resilience
