// SPDX-License-Identifier: Apache-2.0
// The only promise. Three words link a coroutine into everything around it:
//
//   parent_   who goes on when this coroutine ends: the awaiting coroutine, or a `task_root` (a
//             group, a when_all, a scope entered by with_timeout ...). It is the continuation and
//             the upward edge of the task tree at once.
//   waiting_  what it waits for: nothing (it runs), a wait point, a child coroutine, or the next
//             element of the run queue. It makes cancellation a walk down the tree instead of a
//             registration at each suspension, and it is the downward edge of the task tree.
//   scope_    the ambient scope, inherited from the parent.
//
//   created --start--> running <--run queue-- ready <--wake-- waiting      (waiting_ tells which)
//                         |--co_await--> waiting / child
//                         +--co_return--> finished --> parent runs, or root->child_finished()
//                         +--co_yield---> parent runs; it goes on when it is asked again (stream)
//
// A child is started on the stack of its parent; if it finishes at once, the parent does not
// suspend at all. The alternative, symmetric transfer, overflows the stack under g++ at -O0.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/detail/frame_pool.hpp>
#include <weir/coro/detail/run_queue.hpp>

#include <coroutine>
#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir {
class scope;
class wait_point;
}  // namespace weir

namespace weir::detail {

class task_root;

class promise_base {
public:
    promise_base() noexcept = default;
    promise_base(const promise_base&) = delete;
    promise_base& operator=(const promise_base&) = delete;

    static void* operator new(std::size_t size) { return allocate_frame(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
        deallocate_frame(frame, size);
    }

    struct final_awaiter {
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
            self.promise().note_finished();
        }
        void await_resume() const noexcept {}
    };

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] final_awaiter final_suspend() const noexcept { return {}; }

    [[nodiscard]] std::coroutine_handle<promise_base> handle() noexcept {
        // Valid for every derived promise: this base comes first and none is aligned beyond 16.
        return std::coroutine_handle<promise_base>::from_promise(*this);
    }
    [[nodiscard]] bool is_finished() noexcept { return handle().done(); }
    [[nodiscard]] scope& ambient() const noexcept { return *scope_; }

    /// Starts this coroutine as a child of `parent`. Returns false when it finished at once.
    [[nodiscard]] bool start_under(promise_base& parent) noexcept;
    /// Starts it below `root`, in `ambient`. Returns false when it finished at once; then
    /// `root.child_finished` is *not* called.
    [[nodiscard]] bool start_under(task_root& root, scope& ambient) noexcept;

    /// For a coroutine that hands out values before its end: begins it, or lets it go on, as a
    /// child of `parent`, in whose scope it runs from now on. Returns false when it has yielded
    /// (which `yields` says) or finished at once.
    [[nodiscard]] bool continue_under(promise_base& parent, const bool& yields) noexcept;
    /// It is about to suspend with a value: the parent goes on.
    void note_yielded() noexcept { note_finished(); }

    // The edges of the task tree, for the stop walk and for dumps.
    [[nodiscard]] wait_point* waits_for() const noexcept {
        return tag() == waits_tag ? pointer<wait_point>() : nullptr;
    }
    [[nodiscard]] promise_base* child() const noexcept {
        return tag() == child_tag ? pointer<promise_base>() : nullptr;
    }
    [[nodiscard]] bool is_ready() const noexcept { return tag() == ready_tag; }
    [[nodiscard]] bool is_suspended() const noexcept { return waiting_ != 0; }
    [[nodiscard]] promise_base* parent() const noexcept {
        return (parent_ & root_bit) != 0 ? nullptr
                                         : reinterpret_cast<promise_base*>(parent_ & ~bits);
    }

    void wait_at(wait_point& point) noexcept {
        waiting_ = reinterpret_cast<std::uintptr_t>(&point) | waits_tag;
    }

private:
    friend class run_queue;

    // parent_: bit 0 = a task_root, bit 1 = still being started by the parent's await.
    static constexpr std::uintptr_t root_bit = 1;
    static constexpr std::uintptr_t starting_bit = 2;
    // waiting_: the low two bits say what the pointer is; 0 as a whole = running.
    static constexpr std::uintptr_t waits_tag = 1;
    static constexpr std::uintptr_t child_tag = 2;
    static constexpr std::uintptr_t ready_tag = 3;
    static constexpr std::uintptr_t bits = 3;

    [[nodiscard]] std::uintptr_t tag() const noexcept { return waiting_ & bits; }
    template <class T>
    [[nodiscard]] T* pointer() const noexcept {
        return reinterpret_cast<T*>(waiting_ & ~bits);
    }

    [[nodiscard]] bool start() noexcept;
    void note_finished() noexcept {
        if ((parent_ & starting_bit) == 0) run_queue::current().finished_ = this;
    }
    /// After the end: who runs next on this thread, if anybody.
    [[nodiscard]] promise_base* finish() noexcept;

    std::uintptr_t parent_ = 0;
    std::uintptr_t waiting_ = 0;
    scope* scope_ = nullptr;
};

/// Where a coroutine that no other coroutine awaits directly reports its end.
class task_root {
public:
    task_root(const task_root&) = delete;
    task_root& operator=(const task_root&) = delete;

    /// Called once, after the coroutine has reached its end and is suspended there.
    virtual void child_finished() noexcept = 0;

protected:
    task_root() noexcept = default;
    task_root(task_root&&) noexcept {}
    ~task_root() = default;
};

inline bool promise_base::start() noexcept {
    run_queue& queue = run_queue::current();
    if (queue.inline_depth_ >= run_queue::max_inline_depth) [[unlikely]] {
        queue.push(*this);
        return true;
    }
    parent_ |= starting_bit;
    ++queue.inline_depth_;
    handle().resume();
    --queue.inline_depth_;
    if (is_finished()) return false;
    parent_ &= ~starting_bit;
    return true;
}

inline bool promise_base::start_under(promise_base& parent) noexcept {
    WEIR_ASSERT(parent_ == 0, "a task was started twice: it runs once");
    parent_ = reinterpret_cast<std::uintptr_t>(&parent);
    scope_ = parent.scope_;
    if (!start()) return false;
    parent.waiting_ = reinterpret_cast<std::uintptr_t>(this) | child_tag;
    return true;
}

inline bool promise_base::start_under(task_root& root, scope& ambient) noexcept {
    WEIR_ASSERT(parent_ == 0, "a task was started twice: it runs once");
    parent_ = reinterpret_cast<std::uintptr_t>(&root) | root_bit;
    scope_ = &ambient;
    return start();
}

inline bool promise_base::continue_under(promise_base& parent, const bool& yields) noexcept {
    parent_ = reinterpret_cast<std::uintptr_t>(&parent);
    scope_ = parent.scope_;
    if (!start() || yields) return false;
    parent.waiting_ = reinterpret_cast<std::uintptr_t>(this) | child_tag;
    return true;
}

inline promise_base* promise_base::finish() noexcept {
    if ((parent_ & root_bit) != 0) {
        reinterpret_cast<task_root*>(parent_ & ~bits)->child_finished();
        return nullptr;
    }
    return reinterpret_cast<promise_base*>(parent_ & ~bits);
}

inline void run_queue::push(promise_base& ready) noexcept {
    WEIR_ASSERT(!ready.is_ready(), "a coroutine was made ready twice");
    ready.waiting_ = promise_base::ready_tag;
    if (head_ == nullptr) {
        head_ = &ready;
    } else {
        tail_->waiting_ = reinterpret_cast<std::uintptr_t>(&ready) | promise_base::ready_tag;
    }
    tail_ = &ready;
}

inline void run_queue::resume(promise_base& ready) noexcept {
    promise_base* next = &ready;
    while (next != nullptr) {
        next->waiting_ = 0;
        finished_ = nullptr;
        next->handle().resume();
        next = finished_ == nullptr ? nullptr : finished_->finish();
    }
}

/// Thrown by `ok()` to leave a coroutine early with an error; never seen by users.
template <class E>
struct early_error {
    E error;
};

template <class T>
class promise : public promise_base {
public:
    template <class U = T>
        requires std::constructible_from<T, U>
    void return_value(U&& value) {
        outcome_.template emplace<1>(std::forward<U>(value));
    }
    void unhandled_exception() noexcept { keep_exception(); }

    [[nodiscard]] T take() {
        if (outcome_.index() == 2) std::rethrow_exception(std::get<2>(outcome_));
        WEIR_ASSERT(outcome_.index() == 1, "the result of an unfinished task was taken");
        return std::move(*std::get_if<1>(&outcome_));
    }
    [[nodiscard]] std::exception_ptr exception() const noexcept {
        return outcome_.index() == 2 ? *std::get_if<2>(&outcome_) : nullptr;
    }
    [[nodiscard]] T* value() noexcept { return std::get_if<1>(&outcome_); }

private:
    void keep_exception() noexcept {
        if constexpr (is_result<T>) {
            try {
                throw;
            } catch (early_error<typename T::error_type>& early) {
                outcome_.template emplace<1>(fail(std::move(early.error)));
                return;
            } catch (...) {
            }
        }
        outcome_.template emplace<2>(std::current_exception());
    }

    std::variant<std::monostate, T, std::exception_ptr> outcome_;
};

template <>
class promise<void> : public promise_base {
public:
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { exception_ = std::current_exception(); }

    void take() const {
        if (exception_) std::rethrow_exception(exception_);
    }
    [[nodiscard]] std::exception_ptr exception() const noexcept { return exception_; }

private:
    std::exception_ptr exception_;
};

/// Whether a coroutine with this promise belongs to weir's task tree, and so can wait here.
template <class P>
concept weir_promise = std::derived_from<P, promise_base>;

}  // namespace weir::detail
