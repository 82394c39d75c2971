// SPDX-License-Identifier: Apache-2.0
// fields: the types of the fields of an aggregate, found out by the compiler: as many fields as
// initialisers fit, and structured bindings tell their types.
//
// Source: the idea of Boost.PFR ("magic get").
#pragma once

#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Initialises a field of any type. Never called; defined, because the constexpr constructors of
/// some fields are instantiated even where nothing is evaluated.
class any_field {
public:
    explicit any_field(std::size_t) noexcept {}
    template <class T>
    operator T() const {
        std::terminate();
    }
};

template <class T, std::size_t... I>
constexpr bool fit(std::index_sequence<I...>) {
    return requires { T{any_field(I)...}; };
}

inline constexpr std::size_t max_fields = 12;

/// Fields of `T`; 0 also when there are too many, or one that is a plain reference.
template <class T, std::size_t Tried = max_fields>
constexpr std::size_t field_count() {
    if constexpr (Tried == 0 || fit<T>(std::make_index_sequence<Tried + 1>())) {
        return 0;
    } else if constexpr (fit<T>(std::make_index_sequence<Tried>())) {
        return Tried;
    } else {
        return field_count<T, Tried - 1>();
    }
}

template <class... Ts>
class type_list {};

/// A type_list of the fields, as they are declared, but const.
template <class T>
auto field_types(const T& object) {
    constexpr std::size_t count = field_count<T>();
    if constexpr (count == 1) {
        [[maybe_unused]] const auto& [a] = object;
        return type_list<decltype(a)>();
    } else if constexpr (count == 2) {
        [[maybe_unused]] const auto& [a, b] = object;
        return type_list<decltype(a), decltype(b)>();
    } else if constexpr (count == 3) {
        [[maybe_unused]] const auto& [a, b, c] = object;
        return type_list<decltype(a), decltype(b), decltype(c)>();
    } else if constexpr (count == 4) {
        [[maybe_unused]] const auto& [a, b, c, d] = object;
        return type_list<decltype(a), decltype(b), decltype(c), decltype(d)>();
    } else if constexpr (count == 5) {
        [[maybe_unused]] const auto& [a, b, c, d, e] = object;
        return type_list<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e)>();
    } else if constexpr (count == 6) {
        [[maybe_unused]] const auto& [a, b, c, d, e, f] = object;
        return type_list<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e),
                         decltype(f)>();
    } else if constexpr (count == 7) {
        [[maybe_unused]] const auto& [a, b, c, d, e, f, g] = object;
        return type_list<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e),
                         decltype(f), decltype(g)>();
    } else if constexpr (count == 8) {
        [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h] = object;
        return type_list<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e),
                         decltype(f), decltype(g), decltype(h)>();
    } else if constexpr (count == 9) {
        [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i] = object;
        return type_list<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e),
                         decltype(f), decltype(g), decltype(h), decltype(i)>();
    } else if constexpr (count == 10) {
        [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j] = object;
        return type_list<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e),
                         decltype(f), decltype(g), decltype(h), decltype(i), decltype(j)>();
    } else if constexpr (count == 11) {
        [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k] = object;
        return type_list<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e),
                         decltype(f), decltype(g), decltype(h), decltype(i), decltype(j),
                         decltype(k)>();
    } else {
        static_assert(count == 12);
        [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l] = object;
        return type_list<decltype(a), decltype(b), decltype(c), decltype(d), decltype(e),
                         decltype(f), decltype(g), decltype(h), decltype(i), decltype(j),
                         decltype(k), decltype(l)>();
    }
}

template <class T>
using field_types_t = decltype(field_types(std::declval<const T&>()));

}  // namespace weir::detail
