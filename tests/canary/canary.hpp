// SPDX-License-Identifier: Apache-2.0
// The smallest task that still shows a compiler's coroutine faults: no part of weir, so that a
// verdict is about the compiler alone.
#pragma once

#include <array>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

/// Owns heap memory, so the address sanitizer sees a double free; the count sees what is left.
struct counted {
    static inline long live = 0;
    std::string text;
    counted(const char* value = "a string that is long enough to be on the heap") : text(value) {
        ++live;
    }
    counted(const counted& other) : text(other.text) { ++live; }
    counted(counted&& other) noexcept : text(std::move(other.text)) { ++live; }
    counted& operator=(const counted&) = default;
    counted& operator=(counted&&) = default;
    ~counted() { --live; }
};

inline std::vector<std::coroutine_handle<>> ready;

/// Suspends until the next round of the ready queue.
struct turn {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) { ready.push_back(self); }
    void await_resume() const noexcept {}
};

struct continuation_promise {
    std::exception_ptr exception;
    std::coroutine_handle<> continuation = std::noop_coroutine();

    struct final_awaiter {
        bool await_ready() noexcept { return false; }
        template <class P>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) noexcept {
            return self.promise().continuation;
        }
        void await_resume() noexcept {}
    };

    std::suspend_always initial_suspend() noexcept { return {}; }
    final_awaiter final_suspend() noexcept { return {}; }
    void unhandled_exception() { exception = std::current_exception(); }
};

template <class T>
struct value_promise : continuation_promise {
    std::optional<T> value;
    template <class U>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() { return std::move(*value); }
};

template <>
struct value_promise<void> : continuation_promise {
    void return_void() {}
    void take() {}
};

/// A lazy task; symmetric transfer, one owner.
template <class T>
struct task {
    struct promise_type : value_promise<T> {
        task get_return_object() {
            return task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
    };
    using handle_type = std::coroutine_handle<promise_type>;

    explicit task(handle_type frame) : handle(frame) {}
    task(task&& other) noexcept : handle(std::exchange(other.handle, {})) {}
    task(const task&) = delete;
    ~task() {
        if (handle) handle.destroy();
    }

    struct awaiter {
        handle_type handle;
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) noexcept {
            handle.promise().continuation = parent;
            return handle;
        }
        T await_resume() {
            if (handle.promise().exception) std::rethrow_exception(handle.promise().exception);
            return handle.promise().take();
        }
    };
    awaiter operator co_await() && noexcept { return awaiter{handle}; }

    handle_type handle;
};

inline task<counted> make_counted() {
    co_await turn{};
    co_return counted{};
}
inline task<bool> flag(bool value) {
    co_await turn{};
    co_return value;
}
inline task<int> number(int value) {
    co_await turn{};
    co_return value;
}

/// Runs `body` to its end; whether it ended and left nothing behind.
inline bool runs_cleanly(task<int> (*body)()) {
    bool ended = false;
    {
        auto running = body();
        running.handle.resume();
        while (!ready.empty()) {
            auto next = ready.front();
            ready.erase(ready.begin());
            next.resume();
        }
        ended = running.handle.done();
    }
    if (!ended) std::puts("the coroutine never ended");
    if (counted::live != 0) std::printf("%ld objects left after the end\n", counted::live);
    return ended && counted::live == 0;
}

/// Destroys `body` at its first suspension; whether that left nothing behind.
inline bool dies_cleanly(task<int> (*body)()) {
    counted::live = 0;
    {
        auto running = body();
        running.handle.resume();
    }
    ready.clear();
    if (counted::live != 0) std::printf("%ld objects left after destruction\n", counted::live);
    return counted::live == 0;
}
