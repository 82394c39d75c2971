// SPDX-License-Identifier: Apache-2.0
// pool_core: what `pool` is behind its awaiters: it does what `pool_state` decides, and tells it
// and those that wait how that went.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/refusal.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>
#include <weir/metrics/histogram.hpp>
#include <weir/pool/detail/pool_entry.hpp>
#include <weir/pool/pool_options.hpp>
#include <weir/pool/pool_state.hpp>
#include <weir/pool/resource_factory.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace weir::detail {

/// A caller who waits in the line.
template <std::move_constructible T>
class pool_caller : public wait_point, public list_node {
public:
    void request_stop() noexcept override { from_.leave(*this); }
    void describe(std::string& out) const override { out += "pool"; }

protected:
    explicit pool_caller(pool_core<T>& from) noexcept : from_(from) {}
    pool_caller(pool_caller&&) noexcept = default;
    ~pool_caller() = default;

    pool_core<T>& from_;
    pool_entry<T>* lent_ = nullptr;
    std::optional<std::error_code> refused_;
    pool_state::time_point deadline_{};
    lease_holder holder_;

private:
    friend class pool_core<T>;

    void serve(pool_entry<T>& with) noexcept {
        lent_ = &with;
        wake();
    }
    void give_up(std::error_code why) noexcept {
        unlink();
        refused_ = why;
        wake();
    }
};

/// Told of everything that changes; the owner of a pool while it waits for it as a whole.
class pool_watcher : public wait_point {
public:
    virtual void pool_changed() noexcept = 0;
    /// Nothing is open and the last opening failed.
    virtual void pool_failed(std::error_code why) noexcept = 0;

protected:
    pool_watcher() noexcept = default;
    pool_watcher(pool_watcher&&) noexcept = default;
    ~pool_watcher() = default;
};

template <std::move_constructible T>
class pool_core final : private timer {
public:
    using time_point = pool_state::time_point;
    using entry = pool_entry<T>;
    using caller = pool_caller<T>;

    explicit pool_core(task_view owner, std::unique_ptr<resource_source<T>> source,
                       const pool_options& options)
        : state_(options, source->validates),
          loop_(reactor::current()),
          source_(std::move(source)),
          scope_(owner.ambient()),
          options_(options) {
        scope_.set_owner(&owner.promise());
    }
    pool_core(const pool_core&) = delete;
    pool_core& operator=(const pool_core&) = delete;
    ~pool_core();

    // ---- for callers
    /// What can be lent at once, or null.
    /// @param to  who asks; null = nobody knows.
    [[nodiscard]] entry* take_idle(promise_base* to) noexcept {
        auto* lent = static_cast<entry*>(state_.try_lend(loop_.now()));
        if (lent == nullptr) return nullptr;
        wait_times_.record(std::uint64_t{0});
        if (state_.watches_leases()) [[unlikely]]
            watch(*lent, to == nullptr ? lease_holder() : lease_holder(*to));
        return lent;
    }
    /// Returns whether the caller waits; if not, it has been refused.
    [[nodiscard]] bool stand_in_line(caller& last, promise_base& promise) noexcept;
    void leave(caller& stopped) noexcept;
    /// Why one with this deadline that is stopped now has got nothing.
    [[nodiscard]] std::error_code reason_of_end(time_point deadline) const noexcept;

    // ---- for entries
    void take_back(entry& returned, bool is_fit) noexcept {
        place(returned, state_.returned(returned, is_fit, loop_.now()));
    }
    void work_ended(entry& at) noexcept;
    [[nodiscard]] resource_source<T>& source() const noexcept { return *source_; }
    [[nodiscard]] const pool_options& options() const noexcept { return options_; }
    [[nodiscard]] scope& ambient() noexcept { return scope_; }

    // ---- for the owner
    /// Does what there is to do. What it begins may end at once and come back here; it sees that.
    void pump() noexcept;
    void shut() noexcept;
    /// Who is told of changes, each null for none.
    pool_watcher* warmer = nullptr;
    pool_watcher* drainer = nullptr;

    [[nodiscard]] pool_state& state() noexcept { return state_; }
    [[nodiscard]] const pool_state& state() const noexcept { return state_; }
    [[nodiscard]] const metrics::histogram& wait_times() const noexcept { return wait_times_; }
    [[nodiscard]] std::exception_ptr take_exception() noexcept {
        return std::exchange(exception_, nullptr);
    }

private:
    void perform(const pool_action& action) noexcept;
    void watch(entry& lent, const lease_holder& holder) noexcept;
    void tell_overdue(const entry& lent) const noexcept;
    void place(entry& with, pool_step step) noexcept;
    void hand_over(entry& lent) noexcept;
    void close(entry& ending) noexcept;
    void forget(entry& closed) noexcept;
    void opening_ended(entry& at) noexcept;
    void tell_of_failure() noexcept;
    void arm() noexcept;
    void expired() noexcept override {
        armed_for_ = time_point::max();
        pump();
    }

    pool_state state_;
    reactor& loop_;
    time_point armed_for_ = time_point::max();
    std::unique_ptr<resource_source<T>> source_;
    intrusive_list<caller> line_;
    metrics::histogram wait_times_;
    scope scope_;
    pool_options options_;
    std::exception_ptr exception_;  // the first of the factory
    bool is_pumping_ = false;
};

template <std::move_constructible T>
pool_core<T>::~pool_core() {
    state_.shut();
    for (pool_action idle = state_.next(loop_.now()); idle.step == pool_step::close;
         idle = state_.next(loop_.now())) {
        forget(static_cast<entry&>(*idle.slot));
    }
    WEIR_ASSERT(state_.total() == 0,
                "a pool was destroyed while a lease is out or something is under way: drain it");
    loop_.timers().disarm(*this);
}

template <std::move_constructible T>
bool pool_core<T>::stand_in_line(caller& last, promise_base& promise) noexcept {
    last.deadline_ = promise.ambient().deadline();
    if (state_.watches_leases()) last.holder_ = lease_holder(promise);
    const auto joined = state_.join(last.deadline_ != time_point::max(), loop_.now());
    if (!joined) {
        last.refused_ = joined.error();
        return false;
    }
    line_.push_back(last);
    last.suspend(promise);
    pump();
    return true;
}

template <std::move_constructible T>
void pool_core<T>::leave(caller& stopped) noexcept {
    state_.leave(stopped.deadline_ <= loop_.now());
    stopped.give_up(reason_of_end(stopped.deadline_));
}

template <std::move_constructible T>
std::error_code pool_core<T>::reason_of_end(time_point deadline) const noexcept {
    const bool is_late = deadline <= loop_.now();
    return is_late && state_.is_failing() ? state_.failure() : stopped_error();
}

template <std::move_constructible T>
void pool_core<T>::pump() noexcept {
    if (is_pumping_) return;
    is_pumping_ = true;
    if (scope_.is_stopped()) shut();
    for (pool_action action = state_.next(loop_.now()); action.step != pool_step::nothing;
         action = state_.next(loop_.now())) {
        perform(action);
    }
    is_pumping_ = false;
    if (warmer != nullptr) warmer->pool_changed();
    if (drainer != nullptr) drainer->pool_changed();
    arm();
}

template <std::move_constructible T>
void pool_core<T>::perform(const pool_action& action) noexcept {
    auto* at = static_cast<entry*>(action.slot);
    if (action.step == pool_step::open) return (new entry(*this))->open();
    if (action.step == pool_step::validate) return at->validate();
    if (action.step == pool_step::lend) return hand_over(*at);
    if (action.step == pool_step::tell) return tell_overdue(*at);
    close(*at);
}

template <std::move_constructible T>
void pool_core<T>::watch(entry& lent, const lease_holder& holder) noexcept {
    lent.lend_to(holder);
    if (state_.due() < armed_for_) arm();
}

template <std::move_constructible T>
void pool_core<T>::tell_overdue(const entry& lent) const noexcept {
    if (!options_.on_overdue) return;
    options_.on_overdue(overdue_lease(lent.holder(), loop_.now() - lent.lent_at()));
}

template <std::move_constructible T>
inline void pool_core<T>::place(entry& with, pool_step step) noexcept {
    if (step == pool_step::keep) {
        if (state_.due() < armed_for_) arm();
    } else if (step == pool_step::lend) {
        hand_over(with);
    } else {
        close(with);
        pump();
    }
}

template <std::move_constructible T>
void pool_core<T>::hand_over(entry& lent) noexcept {
    caller& first = line_.pop_front();
    wait_times_.record(loop_.now() - first.since());
    if (state_.watches_leases()) [[unlikely]]
        watch(lent, first.holder_);
    first.serve(lent);
}

template <std::move_constructible T>
void pool_core<T>::close(entry& ending) noexcept {
    if (!source_->closes) return forget(ending);
    ending.close();
}

template <std::move_constructible T>
void pool_core<T>::forget(entry& closed) noexcept {
    state_.closed(closed);
    delete &closed;
}

template <std::move_constructible T>
void pool_core<T>::work_ended(entry& at) noexcept {
    if (scope_.is_stopped()) shut();  // so that an opening that was stopped is no failure
    auto thrown = at.take_exception();
    if (!exception_) exception_ = std::move(thrown);
    if (at.stage() == slot_stage::opening) {
        opening_ended(at);
    } else if (at.stage() == slot_stage::validating) {
        place(at, state_.validated(at, at.is_valid(), loop_.now()));
    } else {
        forget(at);
    }
    pump();
}

template <std::move_constructible T>
void pool_core<T>::opening_ended(entry& at) noexcept {
    const std::error_code error = at.error();
    if (!error) return place(at, state_.opened(at, loop_.now()));
    delete &at;
    state_.open_failed(error, loop_.now());
    if (state_.is_unreachable()) tell_of_failure();
}

/// Whoever would wait for ever learns that nothing can be opened.
template <std::move_constructible T>
void pool_core<T>::tell_of_failure() noexcept {
    line_.for_each([this](caller& each) {
        if (each.deadline_ != time_point::max()) return;
        state_.leave(false);
        each.give_up(state_.failure());
    });
    if (warmer != nullptr) warmer->pool_failed(state_.failure());
}

template <std::move_constructible T>
void pool_core<T>::shut() noexcept {
    if (state_.is_shut()) return;
    state_.shut();
    scope_.request_stop();
    while (!line_.empty()) {
        state_.leave(false);
        line_.front().give_up(refusal::shutting_down);
    }
}

/// Keeps the timer at the moment when the state wants to be asked again.
template <std::move_constructible T>
void pool_core<T>::arm() noexcept {
    const time_point due = state_.due();
    if (due == armed_for_) return;
    loop_.timers().disarm(*this);
    armed_for_ = due;
    if (due != time_point::max()) loop_.timers().arm(*this, due);
}

}  // namespace weir::detail
