// SPDX-License-Identifier: Apache-2.0
// field: names a field of a state and says what becomes of it: `field<&user::name> = "Ada"`,
// `field<&user::visits> += 1`.
#pragma once

#include <concepts>
#include <utility>

namespace weir {

namespace detail {

template <class>
class field_traits;
template <class T, class V>
class field_traits<V T::*> {
public:
    using object_type = T;
    using value_type = V;
};

/// The field becomes a value.
template <auto Member>
class field_value {
public:
    using object_type = typename field_traits<decltype(Member)>::object_type;
    using value_type = typename field_traits<decltype(Member)>::value_type;

    explicit field_value(value_type value) : value_(std::move(value)) {}
    [[nodiscard]] bool changes(const object_type& object) const {
        if constexpr (std::equality_comparable<value_type>) return !(object.*Member == value_);
        return true;
    }
    void make(object_type& object) { object.*Member = std::move(value_); }

private:
    value_type value_;
};

/// The field grows by a value.
template <auto Member>
class field_sum {
public:
    using object_type = typename field_traits<decltype(Member)>::object_type;
    using value_type = typename field_traits<decltype(Member)>::value_type;

    explicit field_sum(value_type more) : more_(std::move(more)) {}
    [[nodiscard]] bool changes(const object_type& object) const {
        value_type after = object.*Member;
        after += more_;
        return !(object.*Member == after);
    }
    void make(object_type& object) { object.*Member += more_; }

private:
    value_type more_;
};

template <auto Member>
class field_name {
public:
    constexpr field_name() noexcept = default;
    using value_type = typename field_traits<decltype(Member)>::value_type;

    [[nodiscard]] field_value<Member> operator=(value_type value) const {
        return field_value<Member>(std::move(value));
    }
    [[nodiscard]] field_sum<Member> operator+=(value_type more) const {
        return field_sum<Member>(std::move(more));
    }
};

}  // namespace detail

/// A change of an object of type `T`, as `state<T>::updated` takes it. The two that `field` makes
/// are such; so is any class with these functions.
template <class C, class T>
concept change_of = requires(C& change, const T& before, T& object) {
    /// Whether the object would be another afterwards.
    { std::as_const(change).changes(before) } -> std::same_as<bool>;
    change.make(object);
};

/// The field `Member`, a pointer to a data member.
template <auto Member>
inline constexpr detail::field_name<Member> field;

}  // namespace weir
