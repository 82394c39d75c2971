// SPDX-License-Identifier: Apache-2.0
// deeply_immutable: which types hold nothing that anybody could change behind a const object of
// them. Such a value may be shared: between tasks, and between shards without a lock.
//
//   yes            numbers, enumerations, functions, std::string, times, error codes
//   if its parts   std::optional, pair, tuple, variant, array, immutable_vector, immutable_map,
//                  and aggregates of up to 12 fields (no base classes, no plain arrays)
//   no             pointers, references, std::vector, std::map, std::shared_ptr, and every class
//                  that nobody has vouched for
#pragma once

#include <weir/state/detail/fields.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir {

namespace detail {

template <class T>
constexpr bool is_deeply_immutable();

}  // namespace detail

/// To vouch for a class that the compiler cannot look into: one without a public way to change what
/// it refers to, safe to be read by several threads at once.
///
/// ```cpp
/// template <>
/// inline constexpr bool weir::is_immutable_value<money> = true;
/// ```
template <class T>
inline constexpr bool is_immutable_value = false;

/// A type of which a const object never changes, nor anything that it refers to.
template <class T>
concept deeply_immutable = detail::is_deeply_immutable<T>();

template <class C>
inline constexpr bool is_immutable_value<std::basic_string<C>> = true;
template <class Rep, class Period>
inline constexpr bool is_immutable_value<std::chrono::duration<Rep, Period>> = true;
template <class Clock, class Duration>
inline constexpr bool is_immutable_value<std::chrono::time_point<Clock, Duration>> = true;
template <>
inline constexpr bool is_immutable_value<std::error_code> = true;
template <class T>
inline constexpr bool is_immutable_value<std::optional<T>> = deeply_immutable<T>;
template <class T, std::size_t N>
inline constexpr bool is_immutable_value<std::array<T, N>> = deeply_immutable<T>;
template <class A, class B>
inline constexpr bool is_immutable_value<std::pair<A, B>> =
    deeply_immutable<A> && deeply_immutable<B>;
template <class... Ts>
inline constexpr bool is_immutable_value<std::tuple<Ts...>> = (deeply_immutable<Ts> && ...);
template <class... Ts>
inline constexpr bool is_immutable_value<std::variant<Ts...>> = (deeply_immutable<Ts> && ...);

namespace detail {

template <class... Fields>
constexpr bool are_deeply_immutable(type_list<Fields...>) {
    return (is_deeply_immutable<Fields>() && ...);
}

template <class T>
constexpr bool is_deeply_immutable() {
    using plain = std::remove_cv_t<T>;
    if constexpr (std::is_arithmetic_v<plain> || std::is_enum_v<plain>) {
        return true;
    } else if constexpr (std::is_pointer_v<plain>) {
        return std::is_function_v<std::remove_pointer_t<plain>>;
    } else if constexpr (!std::is_class_v<plain>) {
        return false;
    } else if constexpr (is_immutable_value<plain> || std::is_empty_v<plain>) {
        return true;
    } else if constexpr (!std::is_aggregate_v<plain>) {
        return false;
    } else if constexpr (field_count<plain>() == 0) {
        return false;
    } else {
        return are_deeply_immutable(field_types_t<plain>());
    }
}

}  // namespace detail

}  // namespace weir
