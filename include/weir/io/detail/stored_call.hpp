// SPDX-License-Identifier: Apache-2.0
// stored_call: a callable with its arguments, kept until another thread calls it, and place for
// what it gives. Under `offload` and `shard::run`.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/result.hpp>

#include <exception>
#include <functional>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir::detail {

/// What comes back from a call that may also be withdrawn: `result<T>`, and no result in a result.
template <class T>
struct flat_result {
    using type = result<std::remove_cvref_t<T>>;
};
template <>
struct flat_result<void> {
    using type = result<void>;
};
template <class T, class E>
struct flat_result<result<T, E>> {
    static_assert(std::is_constructible_v<E, std::error_code>,
                  "the error type must be able to say operation_canceled");
    using type = result<T, E>;
};
template <class T>
using flat_result_t = typename flat_result<T>::type;

/// The result or the exception of a call, written by one thread and then read by another.
template <class T>
class call_outcome {
public:
    using result_type = flat_result_t<T>;

    call_outcome() noexcept = default;

    /// Keeps what `call()` gives or throws.
    template <class F>
    void capture(F&& call) noexcept {
        try {
            if constexpr (std::is_void_v<T>) {
                call();
                state_.template emplace<1>();
            } else {
                state_.template emplace<1>(call());
            }
        } catch (...) {
            state_.template emplace<2>(std::current_exception());
        }
    }
    void fail_with(std::error_code error) { state_.template emplace<1>(fail(error)); }

    /// The result; rethrows the exception.
    [[nodiscard]] result_type take() {
        if (auto* exception = std::get_if<2>(&state_)) {
            std::rethrow_exception(std::move(*exception));
        }
        WEIR_ASSERT(state_.index() == 1, "the result of an unfinished call was taken");
        return std::move(*std::get_if<1>(&state_));
    }

private:
    std::variant<std::monostate, result_type, std::exception_ptr> state_;
};

/// The callable and its arguments; called once.
template <class F, class... Args>
class stored_call {
public:
    using return_type = std::invoke_result_t<F&, Args&&...>;

    explicit stored_call(F&& callable, Args&&... args)
        : callable_(std::move(callable)), args_(std::move(args)...) {}

    [[nodiscard]] return_type operator()() {
        return std::apply(
            [this](Args&... each) -> return_type {
                return std::invoke(callable_, std::move(each)...);
            },
            args_);
    }

private:
    F callable_;
    std::tuple<Args...> args_;
};

}  // namespace weir::detail
