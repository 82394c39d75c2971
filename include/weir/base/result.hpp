// SPDX-License-Identifier: Apache-2.0
// result<T, E>: a value or an error; the subset of std::expected that weir uses, under the same
// member names, so that C++23 makes it an alias. Source: ISO C++23 [expected].
//
// It differs in one point: reading the wrong side aborts with a message instead of throwing or
// being undefined, because that is an error of the programmer.
#pragma once

#include <weir/base/assert.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir {

/// Wraps an error so that it converts to any `result` with that error type.
template <class E>
class unexpected {
public:
    explicit constexpr unexpected(E error) noexcept(std::is_nothrow_move_constructible_v<E>)
        : error_(std::move(error)) {}

    [[nodiscard]] constexpr const E& error() const& noexcept { return error_; }
    [[nodiscard]] constexpr E&& error() && noexcept { return std::move(error_); }

private:
    E error_;
};

/// The error side for an errno condition: `return weir::fail(std::errc::timed_out);`.
[[nodiscard]] inline unexpected<std::error_code> fail(std::errc condition) noexcept {
    return unexpected<std::error_code>(std::make_error_code(condition));
}

/// The error side for an error code: `return weir::fail(opened.error());`.
template <class E>
[[nodiscard]] constexpr unexpected<std::remove_cvref_t<E>> fail(E&& error) {
    return unexpected<std::remove_cvref_t<E>>(std::forward<E>(error));
}

/// Either a `T` or an `E`. Owns what it holds; copies and moves as its members do.
///
/// ```cpp
/// weir::result<int> parsed = parse(text);
/// if (!parsed) return weir::fail(parsed.error());
/// use(*parsed);
/// ```
template <class T, class E = std::error_code>
class [[nodiscard]] result {
public:
    using value_type = T;
    using error_type = E;

    constexpr result()
        requires std::default_initializable<T>
        : state_(std::in_place_index<0>) {}

    template <class U = T>
        requires(std::constructible_from<T, U> && !std::same_as<std::remove_cvref_t<U>, result> &&
                 !std::same_as<std::remove_cvref_t<U>, unexpected<E>>)
    constexpr explicit(!std::convertible_to<U, T>) result(U&& value)
        : state_(std::in_place_index<0>, std::forward<U>(value)) {}

    template <class G>
        requires std::constructible_from<E, G>
    constexpr result(unexpected<G> error)
        : state_(std::in_place_index<1>, std::move(error).error()) {}

    [[nodiscard]] constexpr bool has_value() const noexcept { return state_.index() == 0; }
    constexpr explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] constexpr T& value() & { return *checked(); }
    [[nodiscard]] constexpr const T& value() const& { return *checked(); }
    [[nodiscard]] constexpr T&& value() && { return std::move(*checked()); }

    [[nodiscard]] constexpr T& operator*() & { return *checked(); }
    [[nodiscard]] constexpr const T& operator*() const& { return *checked(); }
    [[nodiscard]] constexpr T&& operator*() && { return std::move(*checked()); }
    [[nodiscard]] constexpr T* operator->() { return checked(); }
    [[nodiscard]] constexpr const T* operator->() const { return checked(); }

    template <class U>
    [[nodiscard]] constexpr T value_or(U&& fallback) const& {
        return has_value() ? **this : static_cast<T>(std::forward<U>(fallback));
    }
    template <class U>
    [[nodiscard]] constexpr T value_or(U&& fallback) && {
        return has_value() ? std::move(**this) : static_cast<T>(std::forward<U>(fallback));
    }

    [[nodiscard]] constexpr const E& error() const& {
        const E* error = std::get_if<1>(&state_);
        WEIR_ASSERT(error != nullptr, "result::error() was called on a result that holds a value");
        return *error;
    }
    [[nodiscard]] constexpr E&& error() && {
        return std::move(const_cast<E&>(std::as_const(*this).error()));
    }

private:
    constexpr T* checked() {
        T* value = std::get_if<0>(&state_);
        WEIR_ASSERT(value != nullptr, "the value of a result that holds an error was read");
        return value;
    }
    constexpr const T* checked() const { return const_cast<result*>(this)->checked(); }

    std::variant<T, E> state_;
};

/// Success without a value, or an `E`.
template <class E>
class [[nodiscard]] result<void, E> {
public:
    using value_type = void;
    using error_type = E;

    constexpr result() noexcept = default;

    template <class G>
        requires std::constructible_from<E, G>
    constexpr result(unexpected<G> error) : error_(std::move(error).error()) {}

    [[nodiscard]] constexpr bool has_value() const noexcept { return !error_.has_value(); }
    constexpr explicit operator bool() const noexcept { return has_value(); }

    constexpr void value() const {
        WEIR_ASSERT(has_value(), "the value of a result that holds an error was read");
    }
    constexpr void operator*() const { value(); }

    [[nodiscard]] constexpr const E& error() const& {
        WEIR_ASSERT(!has_value(), "result::error() was called on a result that holds a value");
        return *error_;
    }
    [[nodiscard]] constexpr E&& error() && {
        return std::move(const_cast<E&>(std::as_const(*this).error()));
    }

private:
    std::optional<E> error_;
};

static_assert(!std::is_aggregate_v<result<int>> && !std::is_aggregate_v<result<void>>);

namespace detail {
template <class T>
inline constexpr bool is_result = false;
template <class T, class E>
inline constexpr bool is_result<result<T, E>> = true;
}  // namespace detail

}  // namespace weir
