// SPDX-License-Identifier: Apache-2.0
// resource_factory: what a pool must know about the resources that it keeps.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {

template <class F, class T>
concept opening_callable = std::is_invocable_r_v<task<result<T>>, F&>;
template <class F, class T>
concept opening_object = requires(F& from) {
    { from.open() } -> std::same_as<task<result<T>>>;
};
template <class F, class T>
concept validating = requires(F& from, T& resource) { from.validate(resource); };
template <class F, class T>
concept closing = requires(F& from, T& resource) { from.close(std::move(resource)); };
template <class F, class T>
concept knowing_step = requires(const F& from, const T& resource) {
    { from.is_in_step(resource) } -> std::convertible_to<bool>;
};

}  // namespace detail

/// Opens resources of type `T`: something that is called, or an object with
///
/// ```text
///   task<result<T>>  open()
///   task<bool> or task<result<void>>  validate(T&)    does it still work? (as it may be)
///   task<> or task<result<void>>      close(T)        an orderly end; else it is destroyed
///   bool             is_in_step(const T&) const       is no reply under way in it?
/// ```
/// of which only `open` must be there.
template <class F, class T>
concept resource_factory =
    std::move_constructible<F> && (detail::opening_object<F, T> || detail::opening_callable<F, T>);

namespace detail {

/// A factory of any type. Each call is one of the rare ones, so that it may be virtual, but for
/// `is_in_step`, which is asked for each resource that comes back where a factory has it.
template <class T>
class resource_source {
public:
    using duration = std::chrono::nanoseconds;

    resource_source(const resource_source&) = delete;
    resource_source& operator=(const resource_source&) = delete;
    virtual ~resource_source() = default;

    [[nodiscard]] virtual task<result<T>> open(duration limit) = 0;
    [[nodiscard]] virtual task<bool> is_valid(T& resource, duration limit) = 0;
    [[nodiscard]] virtual task<> close(T& resource, duration limit) = 0;
    [[nodiscard]] virtual bool is_in_step(const T& resource) const noexcept = 0;

    const bool validates;
    const bool closes;
    const bool knows_step;

protected:
    explicit resource_source(bool validates_, bool closes_, bool knows_step_) noexcept
        : validates(validates_), closes(closes_), knows_step(knows_step_) {}
};

template <class T, class F>
class factory_source final : public resource_source<T> {
public:
    using duration = std::chrono::nanoseconds;

    explicit factory_source(F&& factory)
        : resource_source<T>(validating<F, T>, closing<F, T>, knowing_step<F, T>),
          factory_(std::move(factory)) {}

    [[nodiscard]] task<result<T>> open(duration limit) override {
        auto opening = make_opening();
        co_return co_await with_timeout(limit, std::move(opening));
    }
    [[nodiscard]] task<bool> is_valid([[maybe_unused]] T& resource,
                                      [[maybe_unused]] duration limit) override {
        if constexpr (validating<F, T>) {
            auto asking = factory_.validate(resource);
            const auto answer = co_await with_timeout(limit, std::move(asking));
            co_return is_yes(answer);
        }
        co_return true;
    }
    [[nodiscard]] task<> close([[maybe_unused]] T& resource,
                               [[maybe_unused]] duration limit) override {
        if constexpr (closing<F, T>) {
            // Whoever stops the pool wants its resources closed, not abandoned.
            auto ending = factory_.close(std::move(resource));
            static_cast<void>(co_await shield(std::move(ending), limit));
        }
        co_return;
    }
    [[nodiscard]] bool is_in_step([[maybe_unused]] const T& resource) const noexcept override {
        if constexpr (knowing_step<F, T>) return factory_.is_in_step(resource);
        return true;
    }

private:
    [[nodiscard]] task<result<T>> make_opening() {
        if constexpr (opening_object<F, T>) {
            return factory_.open();
        } else {
            return std::invoke(factory_);
        }
    }
    static bool is_yes(const result<bool>& answer) noexcept { return answer && *answer; }
    static bool is_yes(const result<void>& answer) noexcept { return answer.has_value(); }

    F factory_;
};

}  // namespace detail

}  // namespace weir
