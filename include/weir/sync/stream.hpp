// SPDX-License-Identifier: Apache-2.0
// stream<T>: a coroutine that yields values one after the other and may wait in between. It runs
// only while somebody asks for the next value, so it never gets ahead of its consumer.
//
//   fresh --next--> running --co_yield--> holding a value --next--> running
//                      \--co_return--> ended    \--ok() of an error--> ended, with that error
//
// While it is asked it is a child of whoever asks: it runs in the asker's scope, a stop reaches
// what it waits for, and a dump shows it there. Between two values it is nobody's child. So a
// stream must not hold a scope of its own over a `co_yield` (a task_group, with_timeout ...): that
// scope would hang below the asker's, which may end first (PEP 789 has the story).
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/scope.hpp>

#include <concepts>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace weir {

template <class T>
class stream;

namespace detail {

template <class T>
class stream_promise final : public promise_base {
public:
    [[nodiscard]] stream<T> get_return_object() noexcept;
    void return_void() const noexcept {}
    void unhandled_exception() noexcept {
        try {
            throw;
        } catch (early_error<std::error_code>& early) {
            error_ = early.error;
        } catch (...) {
            exception_ = std::current_exception();
        }
    }

    class yield_awaiter {
    public:
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<stream_promise> self) const noexcept {
            self.promise().note_yielded();
        }
        void await_resume() const noexcept {}
    };
    class copy_awaiter final : public yield_awaiter {
    public:
        explicit copy_awaiter(const T& value) : copy_(value) {}
        void await_suspend(std::coroutine_handle<stream_promise> self) noexcept {
            self.promise().hold(copy_);
            yield_awaiter::await_suspend(self);
        }

    private:
        T copy_;
    };
    /// The value stays where it is, in the coroutine's frame, until it is taken.
    [[nodiscard]] yield_awaiter yield_value(T&& value) noexcept {
        hold(value);
        return yield_awaiter();
    }
    /// The coroutine keeps its own; a copy is taken.
    [[nodiscard]] copy_awaiter yield_value(const T& value)
        requires std::copy_constructible<T>
    {
        return copy_awaiter(value);
    }

    /// Lets it go on until it has the next value; false when that is there at once.
    [[nodiscard]] bool ask(promise_base& asker) noexcept {
        if (is_finished()) return false;
        yields_ = false;
        return continue_under(asker, yields_);
    }
    /// What the last `ask` has come to.
    [[nodiscard]] result<std::optional<T>> answer() {
        if (yields_) return std::optional<T>(std::move(*value_));
        if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
        if (error_) return fail(std::exchange(error_, {}));
        return std::optional<T>();
    }

private:
    void hold(T& value) noexcept {
        value_ = std::addressof(value);
        yields_ = true;
    }

    T* value_ = nullptr;
    bool yields_ = false;
    std::error_code error_;
    std::exception_ptr exception_;
};

template <class T>
inline constexpr bool can_leave_with<stream_promise<T>, std::error_code> = true;

}  // namespace detail

/// Values that are made one at a time, on demand. Owns the coroutine's frame. Moves, does not copy;
/// belongs to one shard, and one task at a time asks. May be destroyed whenever nobody waits in
/// `next`: before the first value, between two, after the last.
///
/// ```cpp
/// weir::stream<std::string> lines(weir::net::tcp_socket& from) {
///     for (;;) co_yield co_await weir::ok(read_line(from));     // an error ends the stream
/// }
///
/// auto all = lines(socket);
/// while (auto line = co_await weir::ok(all.next())) use(*line);
/// ```
template <class T>
class [[nodiscard]] stream {
public:
    using promise_type = detail::stream_promise<T>;
    using value_type = T;
    class next_awaiter;

    stream(stream&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    stream& operator=(stream&& other) noexcept {
        if (this != &other) {
            destroy();
            frame_ = std::exchange(other.frame_, {});
        }
        return *this;
    }
    ~stream() { destroy(); }

    /// Waits for the next value. A stream that was moved away has ended.
    ///
    /// @return        the value; none at the end, and at every call after it.
    /// Errors:        the error that ended the stream, once; operation_canceled. An exception that
    ///                leaves the coroutine is rethrown, once.
    /// Cancellation:  a stop reaches what the stream waits for, which ends most streams; a value
    ///                that it yields in spite of that is returned. Stopped before the call: the
    ///                stream stays as it is.
    /// Concurrency:   one call at a time.
    /// Allocates:     nothing; the frame was taken when the stream was made.
    [[nodiscard]] next_awaiter next() noexcept { return next_awaiter(frame_); }

private:
    friend promise_type;

    explicit stream(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

    void destroy() noexcept {
        if (!frame_) return;
        WEIR_ASSERT(!frame_.promise().is_suspended(), "a stream was destroyed while it waits");
        frame_.destroy();
    }

    std::coroutine_handle<promise_type> frame_;
};

template <class T>
class stream<T>::next_awaiter {
public:
    explicit next_awaiter(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

    [[nodiscard]] bool await_ready() const noexcept { return !frame_; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        WEIR_ASSERT(!frame_.promise().is_suspended(), "a second next of a stream while one waits");
        was_stopped_ = self.promise().ambient().is_stopped();
        return !was_stopped_ && frame_.promise().ask(self.promise());
    }
    [[nodiscard]] result<std::optional<T>> await_resume() {
        if (was_stopped_) return fail(std::errc::operation_canceled);
        if (!frame_) return std::optional<T>();
        return frame_.promise().answer();
    }

private:
    std::coroutine_handle<promise_type> frame_;
    bool was_stopped_ = false;
};

namespace detail {

template <class T>
stream<T> stream_promise<T>::get_return_object() noexcept {
    return stream<T>(std::coroutine_handle<stream_promise>::from_promise(*this));
}

}  // namespace detail

}  // namespace weir
