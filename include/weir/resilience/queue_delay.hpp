// SPDX-License-Identifier: Apache-2.0
// queue_delay: tells a burst, which a line is for, from an overload, which no line helps against.
// A line that was empty lately only smooths; one that has stood for an interval never gets shorter
// by itself, and all that it does is to make everybody late.
//
//   empty --joined--> short --so long--> standing      who waits may wait: interval   target
//     ^ ^               |                 ^     |
//     | \----emptied----/          joined |     | emptied
//     \--------an interval without--------- relieved
//        a wait beyond the target
//
// A standing line that empties at once need not be the end of the overload: when the whole process
// was held up, all who wait are late at once, and as many stand at the door. So it stands again as
// soon as somebody waits, until all waits of an interval were short.
//
// (CoDel, RFC 8289, has the idea and the defaults; for requests: Maurer, Fail at Scale, ACM Queue
// 2015.)
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace weir::resilience {

/// How long a line may make wait.
class delay_options {
public:
    delay_options() {}

    std::chrono::nanoseconds target = std::chrono::milliseconds(5);      ///< in a standing line
    std::chrono::nanoseconds interval = std::chrono::milliseconds(100);  ///< else
};

/// The state of one line: no clock and no coroutine, time is told. A value.
class queue_delay {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit queue_delay(const delay_options& options = delay_options()) noexcept
        : options_(options) {}

    /// Somebody waits.
    void joined(time_point now) noexcept {
        if (!is_empty_) return;
        is_empty_ = false;
        waits_since_ = now;
        const bool stands_again = not_empty_since_ && now - calm_since_ < options_.interval;
        if (!stands_again) not_empty_since_ = now;
    }
    /// Nobody waits any more.
    void emptied(time_point now) noexcept {
        const bool has_stood = is_standing(now);
        is_empty_ = true;
        if (!has_stood) {
            not_empty_since_.reset();
        } else if (now - waits_since_ >= options_.target) {
            calm_since_ = now;
        }
    }

    [[nodiscard]] bool is_standing(time_point now) const noexcept {
        return !is_empty_ && now - *not_empty_since_ >= options_.interval;
    }
    /// How long one may wait at most.
    [[nodiscard]] std::chrono::nanoseconds max_wait(time_point now) const noexcept {
        return is_standing(now) ? options_.target : options_.interval;
    }
    /// How long to stay away: as long as the overload has lasted already, which is the best guess
    /// of how long it will last. At least an interval.
    [[nodiscard]] std::chrono::nanoseconds retry_after(time_point now) const noexcept {
        const auto lasted = is_empty_ ? options_.interval : now - *not_empty_since_;
        return std::max(lasted, options_.interval);
    }

private:
    delay_options options_;
    bool is_empty_ = true;
    std::optional<time_point> not_empty_since_;  // of the overload, while it may go on
    time_point waits_since_{};                   // the line as it is now
    time_point calm_since_{};                    // only short waits
};

}  // namespace weir::resilience
