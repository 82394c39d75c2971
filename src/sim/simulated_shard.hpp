// SPDX-License-Identifier: Apache-2.0
// simulated_shard: one loop of a simulated application, run a turn at a time by the world.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/detail/branch.hpp>
#include <weir/io/detail/shard_main.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/shard.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace weir::sim {

class application;
class machine;
class simulated_kernel;

class simulated_shard final : private detail::branch_owner {
public:
    explicit simulated_shard(application& family, machine& home, unsigned index,
                             const reactor_options& options);
    simulated_shard(const simulated_shard&) = delete;
    simulated_shard& operator=(const simulated_shard&) = delete;
    ~simulated_shard();

    [[nodiscard]] shard& handle() noexcept { return shard_; }
    void start(const weir::detail::shard_main& main);

    // For the scheduler.
    [[nodiscard]] bool is_runnable() const noexcept;
    [[nodiscard]] std::chrono::steady_clock::time_point wakes_at() const noexcept;
    /// One turn of the loop: from the return of one wait to the begin of the next.
    void step();

    /// Stops everything at the begin of the next turn.
    void stop_soon() noexcept { stop_due_ = true; }
    void die() noexcept;
    /// Every `main` has ended: the loop ends when what is under way has.
    void end() noexcept { ended_ = true; }
    [[nodiscard]] bool has_ended() const noexcept;
    [[nodiscard]] std::string waiters();

private:
    /// Puts the loop on this thread while it lives.
    class seat {
    public:
        explicit seat(simulated_shard& owner) noexcept;
        seat(const seat&) = delete;
        seat& operator=(const seat&) = delete;
        ~seat();

    private:
        simulated_shard& owner_;
    };

    void branch_finished(detail::scope_root&) noexcept override;
    [[nodiscard]] detail::promise_base* starter() const noexcept override { return nullptr; }

    application& family_;
    shard shard_;
    simulated_kernel* kernel_ = nullptr;
    std::unique_ptr<reactor> loop_;
    std::optional<detail::branch<task<result<void>>>> main_;
    bool ended_ = false;
    bool stop_due_ = false;
};

}  // namespace weir::sim
