// SPDX-License-Identifier: Apache-2.0
// candidates: those of a set of targets that may be chosen at a moment: the usable ones, or where
// there is none the usable backups.
#pragma once

#include <weir/balance/target_set.hpp>
#include <weir/base/random.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir::balance {

/// What a balancer chooses from. A view: valid until the set is changed.
class candidates {
public:
    using time_point = target::time_point;

    explicit candidates(const target_set& targets, time_point now) noexcept
        : targets_(targets), now_(now), are_backups_(targets.needs_backups(now)) {}

    /// Targets of the set: candidates are numbers below this for which `has` is true.
    [[nodiscard]] std::size_t size() const noexcept { return targets_.size(); }
    [[nodiscard]] bool has(std::size_t index) const noexcept {
        const target& asked = targets_[index];
        return asked.is_backup() == are_backups_ && asked.is_usable(now_);
    }
    [[nodiscard]] const target& operator[](std::size_t index) const noexcept {
        return targets_[index];
    }
    [[nodiscard]] const target_set& targets() const noexcept { return targets_; }
    [[nodiscard]] time_point now() const noexcept { return now_; }

    /// The next one at `start` or after it, going round; none when there is no candidate.
    [[nodiscard]] std::optional<std::size_t> next(std::size_t start) const noexcept;
    /// Any one.
    [[nodiscard]] std::optional<std::size_t> any(random& chance) const noexcept;
    /// The better of any two; `is_better(a, b)` compares numbers. Power of two choices: nearly as
    /// good as the best of all, without asking all, and without all running to the same one.
    /// (Mitzenmacher 2001.)
    template <class F>
    [[nodiscard]] std::optional<std::size_t> better_of_two(random& chance, F&& is_better) const {
        const auto one = any(chance);
        const auto other = any(chance);
        if (!one || !other) return one;
        return is_better(*other, *one) ? other : one;
    }

private:
    const target_set& targets_;
    time_point now_;
    bool are_backups_;
};

}  // namespace weir::balance
