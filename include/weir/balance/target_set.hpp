// SPDX-License-Identifier: Apache-2.0
// target_set: the targets that a balancer chooses from, with what is under way at each.
#pragma once

#include <weir/balance/target.hpp>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace weir::balance {

/// Targets, numbered from 0; their number does not change. Belongs to one shard: every shard has
/// its own view. Must not be destroyed while a ticket is out.
class target_set {
public:
    using time_point = target::time_point;
    class ticket;

    /// @param targets  1 or more.
    explicit target_set(std::vector<target_options> targets);
    target_set(const target_set&) = delete;
    target_set& operator=(const target_set&) = delete;
    ~target_set();

    [[nodiscard]] std::size_t size() const noexcept { return targets_.size(); }
    [[nodiscard]] const target& operator[](std::size_t index) const noexcept {
        return targets_[index];
    }
    /// Calls under way at all of them.
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

    /// Begins a call at `index`.
    [[nodiscard]] ticket begin(std::size_t index, time_point now) noexcept;
    /// Lets the target finish what it does and gives it nothing new, until `resume`.
    void drain(std::size_t index) noexcept;
    void resume(std::size_t index) noexcept;

    /// Whether it is the backups' turn: no other target may be chosen.
    [[nodiscard]] bool needs_backups(time_point now) const noexcept;
    /// After how long a target may be tried again, when none may be chosen now; nanoseconds::max()
    /// when all are drained.
    [[nodiscard]] std::chrono::nanoseconds retry_after(time_point now) const noexcept;

private:
    /// Changes a target, and the count of those in order.
    template <class F>
    void change(std::size_t index, F&& how) noexcept {
        target& changed = targets_[index];
        const bool was_in_order = changed.is_in_order();
        how(changed);
        if (changed.is_backup() || changed.is_in_order() == was_in_order) return;
        was_in_order ? --in_order_ : ++in_order_;
    }

    std::vector<target> targets_;
    std::size_t in_order_ = 0;  // that are no backups
    std::size_t in_flight_ = 0;
};

/// A call under way at a target. Its end is reported with it, at most once; dropped without a
/// report it says nothing about the target. Moves, does not copy; must not outlive its set.
class target_set::ticket {
public:
    ticket(ticket&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          index_(other.index_),
          is_trial_(other.is_trial_),
          begun_at_(other.begun_at_) {}
    ticket& operator=(ticket&&) = delete;
    ~ticket();

    /// The number of the target.
    [[nodiscard]] std::size_t index() const noexcept { return index_; }
    void succeeded(time_point now) noexcept;
    void failed(time_point now) noexcept;

private:
    friend class target_set;
    explicit ticket(target_set& owner, std::size_t index, bool is_trial, time_point now) noexcept
        : owner_(&owner), index_(index), is_trial_(is_trial), begun_at_(now) {}
    /// Ends it, in the way that `how(target)` says.
    template <class F>
    void end(F&& how) noexcept;

    target_set* owner_;
    std::size_t index_;
    bool is_trial_;
    time_point begun_at_;
};

}  // namespace weir::balance
