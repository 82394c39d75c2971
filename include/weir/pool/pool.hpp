// SPDX-License-Identifier: Apache-2.0
// pool: keeps what is dear to open (connections above all) and lends it to one task at a time.
//
//   acquire --an idle one is fresh--> lease            no suspension, no allocation
//      \--else--> the line, first come, first served --a lease comes back, an opening or a
//                 validation succeeds--> lease         handed over: nobody can overtake
//
// All decisions are `pool_state`'s; this does them. Openings, validations and closings are tasks in
// the scope of the pool, one a slot at most, begun because somebody waits and finished whether he
// still does or not: a caller that gives up in mid-opening wastes nothing, the next one has it.
//
// A lease that comes back in the middle of a conversation, because its task was stopped or failed,
// is closed: the reply that is still on its way would be read by the next one, as its own.
//
// When an opening fails, it is tried again after a back-off while somebody waits or fewer than
// `min` are open. A caller with a deadline rides out the outage, and at its deadline gets the error
// of the last opening (HikariCP, r2d2 and Boost.MySQL try until then, too, and tell it beside their
// own); a caller without one is told at once when nothing is open, as puddle and deadpool do: it
// would wait for ever on a wrong password.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/refusal.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/phase_ledger.hpp>
#include <weir/metrics/histogram.hpp>
#include <weir/pool/detail/pool_core.hpp>
#include <weir/pool/pool_options.hpp>
#include <weir/pool/pool_statistics.hpp>
#include <weir/pool/resource_factory.hpp>

#include <algorithm>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace weir {

/// Lends resources of type `T`. Lives in the frame of the task that owns it and belongs to that
/// shard; neither copies nor moves. It opens nothing before the first `acquire` or `warm_up`.
/// Destroying it while a lease is out or something of it is under way is a contract violation:
/// `co_await pool.drain()` first, on every path. About 40 KiB, most of it the wait histogram.
///
/// ```cpp
/// weir::pool<weir::net::tcp_socket> sockets(co_await weir::this_task(),
///                                           [&] { return weir::net::connect(where); });
/// auto socket = co_await weir::ok(sockets.acquire());
/// socket.begin_conversation();
/// co_await weir::ok(socket->send_copy(question));
/// ...
/// socket.end_conversation();    // in step again: the next one may have it
/// ```
template <std::move_constructible T>
class pool {
public:
    class lease;
    class acquire_awaiter;
    class warm_up_awaiter;
    class drain_awaiter;

    /// @param factory  see `resource_factory`; moved in. Its tasks run below the scope of `owner`.
    template <resource_factory<T> F>
    explicit pool(task_view owner, F factory, const pool_options& options = pool_options())
        : core_(owner, std::make_unique<detail::factory_source<T, F>>(std::move(factory)),
                options) {}

    /// Waits for a resource.
    ///
    /// @return        a lease on it, which gives it back when it is destroyed.
    /// Errors:        refusal::exhausted (too many wait), refusal::shutting_down;
    ///                operation_canceled (timed_out with a `with_timeout` around it), or that of
    ///                the last opening if that failed: at the deadline of the scope, at once where
    ///                it has none and nothing is open.
    /// Cancellation:  leaves the line. A resource that was handed over is returned, not lost; one
    ///                that was on its way goes to the next.
    /// Concurrency:   any number, served first come, first served.
    /// Allocates:     nothing where a resource is there; else what an opening does.
    [[nodiscard]] acquire_awaiter acquire() noexcept { return acquire_awaiter(core_); }
    /// A resource that is idle and fresh, if nobody waits.
    [[nodiscard]] std::optional<lease> try_acquire() noexcept {
        detail::pool_entry<T>* lent = core_.take_idle(nullptr);
        if (lent == nullptr) return std::nullopt;
        return lease(*lent);
    }

    /// Opens resources until `count` are open, so many at a time.
    ///
    /// @param count   1 ... max. Those above `min` are closed again if they stay idle.
    /// @param max_opening  1 ... any.
    /// Errors:        as `acquire`.
    /// Cancellation:  ends the wait; what is open stays open.
    /// Concurrency:   one at a time.
    [[nodiscard]] warm_up_awaiter warm_up(std::size_t count,
                                          std::size_t max_opening = 10) noexcept {
        return warm_up_awaiter(core_, count, max_opening);
    }

    /// Other bounds, from now on: what is too much goes when it is idle or comes back.
    void resize(std::size_t min, std::size_t max) noexcept {
        core_.state().resize(min, max);
        core_.pump();
    }

    /// Ends the pool: those that wait are refused (refusal::shutting_down), openings are stopped,
    /// what is idle is closed; waits for the leases and closes what they give back.
    ///
    /// Errors:        operation_canceled (timed_out with a `with_timeout` around it) when leases
    ///                are still out; then end their holders and drain again. An exception of the
    ///                factory is rethrown.
    /// Cancellation:  ends the wait for leases; closings are waited for, each for its timeout.
    /// Concurrency:   one at a time.
    [[nodiscard]] drain_awaiter drain() noexcept { return drain_awaiter(core_); }

    [[nodiscard]] pool_statistics statistics() const noexcept { return core_.state().statistics(); }
    /// How long those waited who got a lease, in nanoseconds. Others may read it while it lives.
    [[nodiscard]] const metrics::histogram& wait_times() const noexcept {
        return core_.wait_times();
    }

private:
    detail::pool_core<T> core_;
};

/// A resource on loan; goes back when the lease is destroyed. Moves, does not copy. Must not
/// outlive its pool.
template <std::move_constructible T>
class pool<T>::lease {
public:
    lease(lease&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
    lease& operator=(lease&& other) noexcept {
        if (this != &other) {
            release();
            entry_ = std::exchange(other.entry_, nullptr);
        }
        return *this;
    }
    ~lease() { release(); }

    [[nodiscard]] T& operator*() const noexcept { return held().resource(); }
    [[nodiscard]] T* operator->() const noexcept { return &held().resource(); }

    /// A request is about to be sent. As long as not every conversation has been ended, the
    /// resource is not fit for another, however the lease comes back. (If the factory has
    /// `is_in_step`, that is asked instead.)
    void begin_conversation() noexcept { held().begin_conversation(); }
    /// The whole reply has been read.
    void end_conversation() noexcept { held().end_conversation(); }
    /// The resource is not to be used by another: it is closed when it comes back.
    void poison() noexcept { held().poison(); }

    /// Gives the resource back early; the lease is empty then.
    void release() noexcept {
        if (detail::pool_entry<T>* from = std::exchange(entry_, nullptr)) from->give_back();
    }
    [[nodiscard]] bool is_empty() const noexcept { return entry_ == nullptr; }

private:
    friend class pool;
    friend class acquire_awaiter;

    explicit lease(detail::pool_entry<T>& from) noexcept : entry_(&from) {}

    [[nodiscard]] detail::pool_entry<T>& held() const noexcept {
        WEIR_ASSERT(entry_ != nullptr, "a lease was used after it was given back or moved away");
        return *entry_;
    }

    detail::pool_entry<T>* entry_;
};

template <std::move_constructible T>
class pool<T>::acquire_awaiter final : public detail::pool_caller<T> {
public:
    explicit acquire_awaiter(detail::pool_core<T>& from) noexcept : detail::pool_caller<T>(from) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (self.promise().ambient().is_stopped()) [[unlikely]] {
            this->refused_ = stopped_error();
            return false;
        }
        this->lent_ = this->from_.take_idle(&self.promise());
        if (this->lent_ != nullptr) return false;
        waiting_.begin(self.promise().ambient(), "pool");
        return this->from_.stand_in_line(*this, self.promise());
    }
    [[nodiscard]] result<lease> await_resume() noexcept {
        waiting_.end();
        if (this->lent_ == nullptr) [[unlikely]]
            return fail(*this->refused_);
        return lease(*this->lent_);
    }

private:
    phase_span waiting_;
};

template <std::move_constructible T>
class pool<T>::warm_up_awaiter final : public detail::pool_watcher {
public:
    explicit warm_up_awaiter(detail::pool_core<T>& in, std::size_t count,
                             std::size_t max_opening) noexcept
        : in_(in), count_(count), max_opening_(max_opening) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        WEIR_ASSERT(in_.warmer == nullptr, "a second warm_up of a pool while one is under way");
        WEIR_ASSERT(count_ <= in_.state().max() && max_opening_ > 0, "warm_up opens 1 ... max");
        if (in_.state().is_shut()) error_ = refusal::shutting_down;
        if (self.promise().ambient().is_stopped()) error_ = stopped_error();
        if (error_) return false;
        deadline_ = self.promise().ambient().deadline();
        in_.state().warm_up(count_, max_opening_);
        in_.warmer = this;
        suspend(self.promise());
        in_.pump();
        return true;
    }
    [[nodiscard]] result<void> await_resume() const noexcept {
        if (error_) return fail(error_);
        return {};
    }

    void request_stop() noexcept override {
        finish(in_.reason_of_end(deadline_));
        in_.pump();  // those above the minimum are not wanted any more
    }
    void describe(std::string& out) const override { out += "pool to warm up"; }
    void pool_changed() noexcept override {
        if (in_.state().is_shut()) return finish(refusal::shutting_down);
        if (in_.state().open() >= std::min(count_, in_.state().max())) finish({});
    }
    void pool_failed(std::error_code why) noexcept override {
        if (deadline_ == detail::pool_core<T>::time_point::max()) finish(why);
    }

private:
    void finish(std::error_code why) noexcept {
        in_.warmer = nullptr;
        in_.state().warm_up(0, max_opening_);
        error_ = why;
        wake();
    }

    detail::pool_core<T>& in_;
    std::size_t count_;
    std::size_t max_opening_;
    pool_state::time_point deadline_{};
    std::error_code error_;
};

template <std::move_constructible T>
class pool<T>::drain_awaiter final : public detail::pool_watcher {
public:
    explicit drain_awaiter(detail::pool_core<T>& of) noexcept : of_(of) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        WEIR_ASSERT(of_.drainer == nullptr, "a second drain of a pool while one is under way");
        is_stopped_ = self.promise().ambient().is_stopped();
        of_.shut();
        of_.pump();
        if (is_done()) return false;
        of_.drainer = this;
        suspend(self.promise());
        return true;
    }
    [[nodiscard]] result<void> await_resume() {
        if (auto thrown = of_.take_exception()) std::rethrow_exception(std::move(thrown));
        if (of_.state().lent() > 0) return fail(std::errc::operation_canceled);
        return {};
    }

    void request_stop() noexcept override {
        is_stopped_ = true;
        pool_changed();
    }
    void describe(std::string& out) const override {
        out += "pool to drain, " + std::to_string(of_.state().lent()) + " lent";
    }
    void pool_changed() noexcept override {
        if (!is_done()) return;
        of_.drainer = nullptr;
        wake();
    }
    void pool_failed(std::error_code) noexcept override {}

private:
    /// Nothing is under way, and all leases are back or nobody waits for them any more.
    [[nodiscard]] bool is_done() const noexcept {
        const pool_state& state = of_.state();
        return state.total() == state.lent() && (is_stopped_ || state.lent() == 0);
    }

    detail::pool_core<T>& of_;
    bool is_stopped_ = false;
};

}  // namespace weir
