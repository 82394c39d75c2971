// SPDX-License-Identifier: Apache-2.0
// event_queue: what will happen later in a simulation, in the order of its times; at one time, in
// the order in which it was arranged.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace weir::sim {

class event_queue {
public:
    using time_point = std::chrono::steady_clock::time_point;

    event_queue() = default;

    void add(time_point when, std::function<void()> what) {
        events_.emplace(std::pair(when, ++arranged_), std::move(what));
    }
    [[nodiscard]] bool empty() const noexcept { return events_.empty(); }
    /// `time_point::max()` when there is none.
    [[nodiscard]] time_point next() const noexcept {
        return events_.empty() ? time_point::max() : events_.begin()->first.first;
    }
    /// Takes the first one out and lets it happen.
    void run_next() {
        auto first = events_.extract(events_.begin());
        first.mapped()();
    }

private:
    std::map<std::pair<time_point, std::uint64_t>, std::function<void()>> events_;
    std::uint64_t arranged_ = 0;
};

}  // namespace weir::sim
