// SPDX-License-Identifier: Apache-2.0
// minimal_task: what a coroutine task costs at the least. Frames from a free list, symmetric
// transfer, one continuation pointer; no scope, no stop, no task tree, no stack bound. Nobody could
// use it for a server, so it is the floor that weir's tasks are measured against.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <utility>

namespace minimal {

inline constinit thread_local void* free_frames[64] = {};

inline void* take_frame(std::size_t size) {
    void*& head = free_frames[size / 32 % 64];
    if (head == nullptr) return ::operator new((size / 32 + 1) * 32);
    return std::exchange(head, *static_cast<void**>(head));
}
inline void give_frame(void* frame, std::size_t size) noexcept {
    *static_cast<void**>(frame) = std::exchange(free_frames[size / 32 % 64], frame);
}

class promise_base {
public:
    static void* operator new(std::size_t size) { return take_frame(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { give_frame(frame, size); }

    class final_awaiter {
    public:
        bool await_ready() const noexcept { return false; }
        template <class P>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept {
            return self.promise().continuation;
        }
        void await_resume() const noexcept {}
    };
    std::suspend_always initial_suspend() const noexcept { return {}; }
    final_awaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() const noexcept { std::terminate(); }

    std::coroutine_handle<> continuation = std::noop_coroutine();
};

template <class T>
class task {
public:
    class promise_type : public promise_base {
    public:
        task get_return_object() noexcept {
            return task(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        void return_value(T result) noexcept { value = std::move(result); }
        T value{};
    };

    explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
    task(task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    task& operator=(task&&) = delete;
    ~task() {
        if (frame_) frame_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) noexcept {
        frame_.promise().continuation = parent;
        return frame_;
    }
    T await_resume() noexcept { return std::move(frame_.promise().value); }

    void start() { frame_.resume(); }
    T& value() noexcept { return frame_.promise().value; }

private:
    std::coroutine_handle<promise_type> frame_;
};

/// First come, first served, links in the awaiters.
class ready_queue {
public:
    class yield_awaiter {
    public:
        explicit yield_awaiter(ready_queue& queue) noexcept : queue_(queue) {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> self) noexcept {
            self_ = self;
            next_ = nullptr;
            *queue_.tail_ = this;
            queue_.tail_ = &next_;
        }
        void await_resume() const noexcept {}

    private:
        friend class ready_queue;
        ready_queue& queue_;
        std::coroutine_handle<> self_;
        yield_awaiter* next_ = nullptr;
    };

    yield_awaiter yield() noexcept { return yield_awaiter(*this); }
    void run() {
        while (head_ != nullptr) {
            yield_awaiter* first = head_;
            head_ = first->next_;
            if (head_ == nullptr) tail_ = &head_;
            first->self_.resume();
        }
    }

private:
    yield_awaiter* head_ = nullptr;
    yield_awaiter** tail_ = &head_;
};

/// Counts children that destroy themselves; resumes whoever joins at zero.
class group {
public:
    class child {
    public:
        class promise_type : public promise_base {
        public:
            child get_return_object() noexcept { return {}; }
            std::suspend_never initial_suspend() const noexcept { return {}; }
            std::suspend_never final_suspend() const noexcept { return {}; }
            void return_void() const noexcept {}
        };
    };
    class join_awaiter {
    public:
        explicit join_awaiter(group& owner) noexcept : owner_(owner) {}
        bool await_ready() const noexcept { return owner_.running_ == 0; }
        void await_suspend(std::coroutine_handle<> self) noexcept { owner_.joiner_ = self; }
        void await_resume() const noexcept {}

    private:
        group& owner_;
    };

    template <class T>
    void spawn(task<T> work) {
        ++running_;
        run(std::move(work));
    }
    join_awaiter join() noexcept { return join_awaiter(*this); }

private:
    template <class T>
    child run(task<T> work) {
        static_cast<void>(co_await std::move(work));
        if (--running_ == 0 && joiner_) std::exchange(joiner_, {}).resume();
    }

    std::size_t running_ = 0;
    std::coroutine_handle<> joiner_;
};

}  // namespace minimal
