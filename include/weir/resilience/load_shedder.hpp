// SPDX-License-Identifier: Apache-2.0
// load_shedder: keeps what is accepted fast when more comes than can be done, by refusing the rest
// early. Bursts wait in line; in a standing line (queue_delay) nobody waits longer than a moment.
//
//   a place is free ---------------------------------> begins     background: only while less than
//   the line has room --waits--a place is free-------> begins     the threshold is in use
//                         \--it takes too long-------> refused
//   else --------------------------------------------> refused
//
// The urgent go first, and those of one priority in the order in which they came.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/refusal.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/wait_queue.hpp>
#include <weir/io/phase_ledger.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>
#include <weir/rate/priority.hpp>
#include <weir/resilience/queue_delay.hpp>

#include <array>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace weir::resilience {

/// What is accepted, and what may wait.
class shedder_options {
public:
    /// @param most  calls at once: as many as keep the service busy; 1 or more.
    explicit shedder_options(std::size_t most) noexcept : max_in_flight(most) {}

    std::size_t max_in_flight;
    std::size_t max_waiting = 1000;  ///< over all priorities
    double threshold = 0.9;          ///< share in use from which on background work is refused
    delay_options delay;
};

/// Sheds load. Belongs to one shard: every shard has its own. Neither copies nor moves; must not be
/// destroyed while a call waits or is under way.
///
/// ```cpp
/// weir::resilience::load_shedder shedder(weir::resilience::shedder_options(64));
/// const auto answer = co_await shedder.call([&] { return handle(request); });
/// ```
class load_shedder {
public:
    using priority = rate::priority;

    explicit load_shedder(const shedder_options& options);
    load_shedder(const load_shedder&) = delete;
    load_shedder& operator=(const load_shedder&) = delete;

    /// Calls `work()`, which gives a `task<result<T>>`, unless it could not begin soon enough.
    ///
    /// @return        what the work gave.
    /// Errors:        refusal::overloaded (the work was not begun); those of the work;
    ///                operation_canceled.
    /// Cancellation:  ends the wait, or as the work.
    /// Concurrency:   any number of tasks of the shard.
    /// Allocates:     a pooled frame.
    template <class F>
        requires weir::detail::is_result<typename std::invoke_result_t<F&>::value_type>
    [[nodiscard]] auto call(F work, priority urgency = priority::normal)
        -> std::invoke_result_t<F&>;

    /// How long one that was refused had better stay away.
    [[nodiscard]] std::chrono::nanoseconds retry_after() const noexcept {
        return delay_.retry_after(reactor::current().now());
    }
    [[nodiscard]] bool is_overloaded() const noexcept {
        return delay_.is_standing(reactor::current().now());
    }
    /// What is in use: 0 ... 1.
    [[nodiscard]] double utilisation() const noexcept;
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
    /// Calls that were refused so far.
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

private:
    class enter_awaiter;
    static constexpr std::size_t priorities = 3;
    enum class verdict : std::uint8_t { begins, waits, refused };

    /// Gives a place back.
    class place {
    public:
        explicit place(load_shedder& owner) noexcept : owner_(owner) {}
        place(const place&) = delete;
        place& operator=(const place&) = delete;
        ~place() {
            --owner_.in_flight_;
            owner_.serve();
        }

    private:
        load_shedder& owner_;
    };

    [[nodiscard]] verdict judge(priority urgency) const noexcept;
    [[nodiscard]] enter_awaiter* first() noexcept;
    void serve() noexcept;
    void left() noexcept;

    shedder_options options_;
    queue_delay delay_;
    std::array<wait_queue, priorities> lines_;
    std::size_t waiting_ = 0;
    std::size_t in_flight_ = 0;
    std::uint64_t refused_ = 0;
};

/// Waits for a place, but not for long.
class load_shedder::enter_awaiter final : public wait_queue::waiter, private timer {
public:
    explicit enter_awaiter(load_shedder& owner, priority urgency) noexcept
        : owner_(owner), urgency_(urgency) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (note_stop(self.promise()) || !needs_to_wait()) return false;
        in_line_.begin(self.promise().ambient(), "load shedder");
        return stand_in(self.promise());
    }
    [[nodiscard]] result<void> await_resume() noexcept {
        in_line_.end();
        if (has_place_) return {};
        if (was_stopped()) return fail(std::errc::operation_canceled);
        return fail(refusal::overloaded);
    }
    void describe(std::string& out) const override { out += "a place under load"; }

private:
    friend class load_shedder;

    [[nodiscard]] bool needs_to_wait() noexcept;
    [[nodiscard]] bool stand_in(weir::detail::promise_base& promise) noexcept;
    /// A place is free: takes it, unless it comes too late.
    void serve() noexcept;
    void left_line() noexcept override;
    void expired() noexcept override;

    load_shedder& owner_;
    priority urgency_;
    bool has_place_ = false;
    phase_span in_line_;
};

template <class F>
    requires weir::detail::is_result<typename std::invoke_result_t<F&>::value_type>
auto load_shedder::call(F work, priority urgency) -> std::invoke_result_t<F&> {
    const auto entered = co_await enter_awaiter(*this, urgency);
    if (!entered) co_return fail(entered.error());
    const place held(*this);
    co_return co_await std::invoke(work);
}

}  // namespace weir::resilience
