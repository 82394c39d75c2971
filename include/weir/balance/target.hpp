// SPDX-License-Identifier: Apache-2.0
// target: one of those between whom a balancer chooses: whether it works, what it does at present,
// how fast it is.
//
//   up --max_fails within fail_timeout--> down --fail_timeout--> on_trial --a success--> up
//                                          ^                        |
//                                          \-------a failure--------/    one call at a time
//
// (The rules are those of nginx's upstream servers, but for the trial: there, all calls come back
// at once.)
#pragma once

#include <weir/balance/peak_latency.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::balance {

/// What is known of a target beforehand.
class target_options {
public:
    /// @param named  the same in all processes that share a ring; unlike those of the others.
    explicit target_options(std::string named) : name(std::move(named)) {}

    std::string name;
    unsigned weight = 1;     ///< its share, as against the others'; 1 or more
    bool is_backup = false;  ///< only used while no other one can be
    unsigned max_fails = 1;  ///< failures that take it down; 0 = nothing does
    /// Within which failures are counted, and for which it is down.
    std::chrono::nanoseconds fail_timeout = std::chrono::seconds(10);
    std::chrono::nanoseconds latency_decay = std::chrono::seconds(10);
};

/// Whether a target is chosen.
enum class target_state : std::uint8_t {
    up,
    down,      ///< has failed too often lately
    on_trial,  ///< has been down for long enough: one call may find out
    drained,   ///< takes no more calls, because somebody said so
};

/// The state of one target: no clock, time is told. Changed through its `target_set` only.
class target {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit target(target_options options);

    [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
    /// The number of its name.
    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
    [[nodiscard]] unsigned weight() const noexcept { return options_.weight; }
    [[nodiscard]] bool is_backup() const noexcept { return options_.is_backup; }

    [[nodiscard]] target_state state(time_point now) const noexcept;
    /// Whether it may be chosen.
    [[nodiscard]] bool is_usable(time_point now) const noexcept {
        if (is_in_order()) return true;
        return state(now) == target_state::on_trial && !has_trial_;
    }
    /// When it may be tried again; zero while it may be chosen, nanoseconds::max() while drained.
    [[nodiscard]] std::chrono::nanoseconds retry_after(time_point now) const noexcept;
    /// Calls under way.
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    [[nodiscard]] const peak_latency& latency() const noexcept { return latency_; }

private:
    friend class target_set;

    /// Neither down nor drained, whatever the time.
    [[nodiscard]] bool is_in_order() const noexcept { return !is_down_ && !is_drained_; }
    /// Returns whether the call is a trial.
    [[nodiscard]] bool begin() noexcept;
    void succeeded(bool is_trial, std::chrono::nanoseconds latency, time_point now) noexcept;
    void failed(bool is_trial, time_point now) noexcept;
    void abandoned(bool is_trial) noexcept;

    target_options options_;
    std::uint64_t id_;
    peak_latency latency_;
    std::size_t in_flight_ = 0;
    unsigned fails_ = 0;
    time_point counted_from_{};
    time_point down_since_{};
    bool is_down_ = false;  // or on trial
    bool has_trial_ = false;
    bool is_drained_ = false;
};

}  // namespace weir::balance
