// SPDX-License-Identifier: Apache-2.0
// ping_waiter: somebody who waits for a pong.
#pragma once

#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/sync/event.hpp>

#include <chrono>
#include <cstdint>

namespace weir::ws::detail {

/// Lives in the frame of whoever waits.
class ping_waiter final : public list_node {
public:
    explicit ping_waiter(std::uint64_t of, std::chrono::steady_clock::time_point now) noexcept
        : number(of), begun(now) {}
    ping_waiter(const ping_waiter&) = delete;
    ping_waiter& operator=(const ping_waiter&) = delete;
    ~ping_waiter() {
        if (is_linked()) unlink();
    }
    void settle(result<std::chrono::nanoseconds> how) noexcept {
        unlink();
        outcome = how;
        settled.set();
    }

    std::uint64_t number;
    std::chrono::steady_clock::time_point begun;
    weir::event settled;
    result<std::chrono::nanoseconds> outcome;
};

}  // namespace weir::ws::detail
