// SPDX-License-Identifier: Apache-2.0
// phase_ledger: which part of some work took how long. Parts have names and may lie inside of each
// other; the same part may run several times, also beside itself: then the time counts once.
#pragma once

#include <weir/coro/scope.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The times of all phases below one piece of work. Belongs to one shard; neither copies nor moves.
class phase_ledger {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// One phase, as long as the ledger.
    class entry {
    public:
        /// @param name  lives as long as the ledger: a literal.
        explicit entry(std::string_view name) noexcept : name_(name) {}

        /// What is counted here and inside of it is counted in `outer` as well, which lives longer.
        /// Before anything is.
        void count_also_in(entry& outer) noexcept { outer_ = &outer; }
        /// The phase of that name inside of this one.
        [[nodiscard]] entry& inner(std::string_view name);
        void begin(time_point now) noexcept {
            if (running_++ == 0) since_ = now;
            if (outer_ != nullptr) outer_->begin(now);
        }
        void end(time_point now) noexcept {
            if (--running_ == 0) spent_ += now - since_;
            if (outer_ != nullptr) outer_->end(now);
        }
        [[nodiscard]] std::chrono::nanoseconds spent(time_point now) const noexcept {
            return running_ == 0 ? spent_ : spent_ + (now - since_);
        }
        [[nodiscard]] std::string_view name() const noexcept { return name_; }
        [[nodiscard]] const entry* longest_inner(time_point now) const noexcept;

    private:
        std::string_view name_;
        std::chrono::nanoseconds spent_{0};
        time_point since_{};
        std::size_t running_ = 0;
        entry* outer_ = nullptr;  // of another ledger
        std::vector<std::unique_ptr<entry>> inner_;
    };

    phase_ledger() = default;
    /// Before anything is counted: entries are referred to from then on.
    phase_ledger(phase_ledger&&) noexcept = default;
    phase_ledger(const phase_ledger&) = delete;
    phase_ledger& operator=(const phase_ledger&) = delete;

    [[nodiscard]] entry& whole() noexcept { return whole_; }

private:
    entry whole_{""};
};

/// The way to what took most of `of`: from phase to longest inner phase, as long as that took at
/// least half of its outer one: `load/connect`. Empty where no phase did.
[[nodiscard]] std::string longest_phase(const phase_ledger::entry& of,
                                        phase_ledger::time_point now);

/// What stands in a scope while phases are counted there: the innermost that was begun.
class current_phase {
public:
    explicit current_phase(phase_ledger::entry& at_) noexcept : at(&at_) {}
    phase_ledger::entry* at;
};

/// A phase of the task around it, for awaiters that wait at one place: begun when they begin to
/// wait, ended by its destructor. Costs one lookup where nobody counts.
class phase_span {
public:
    phase_span() noexcept = default;
    phase_span([[maybe_unused]] phase_span&& other) noexcept {
        WEIR_ASSERT(other.counted_ == nullptr, "a phase was moved after its begin");
    }
    phase_span(const phase_span&) = delete;
    phase_span& operator=(const phase_span&) = delete;
    ~phase_span() { end(); }

    /// @param name  a literal.
    void begin(scope& in, std::string_view name) noexcept;
    void end() noexcept;

private:
    phase_ledger::entry* counted_ = nullptr;
};

}  // namespace weir
