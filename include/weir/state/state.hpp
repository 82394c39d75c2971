// SPDX-License-Identifier: Apache-2.0
// state: a value that many share and nobody changes: whoever wants another one makes it from this
// one. Copying costs a count; a change costs one allocation and copies the fields, of which those
// that are states or immutable containers stay shared.
//
// Sources: Haiway's State (updated, identity when nothing changes), Clojure's persistent values.
#pragma once

#include <weir/state/deeply_immutable.hpp>
#include <weir/state/detail/counted.hpp>
#include <weir/state/field.hpp>

#include <concepts>
#include <utility>

namespace weir {

/// An immutable `T`. Copies share it; they may be used by any thread, each by one at a time. The
/// value is destroyed with the last of them, wherever that is. Moved from, it holds nothing and may
/// only be assigned to or destroyed.
///
/// ```cpp
/// struct profile { std::string name; int visits = 0; };
/// const weir::state<profile> first(profile{.name = "Ada"});
/// const auto second = first.updated(weir::field<&profile::visits> += 1);
/// ```
template <class T>
class state {
public:
    using value_type = T;

    /// Of a default `T`. Not constrained, so that a `T` may have fields that contain states of `T`.
    state() : state(T{}) {}
    explicit state(T value) : shared_(new shared(std::move(value))) {
        static_assert(deeply_immutable<T>, "a state holds only what is deeply_immutable");
    }

    const T& operator*() const noexcept { return shared_->value; }
    const T* operator->() const noexcept { return &shared_->value; }

    /// The state after `changes`, one after the other. The same object when none changes anything.
    template <change_of<T>... Changes>
    [[nodiscard]] state updated(Changes... changes) const {
        if (!(changes.changes(**this) || ...)) return *this;
        state after(*this);
        T& value = after.shared_.unshared().value;
        (changes.make(value), ...);
        return after;
    }

    /// Whether both are one object, which says more than that they are equal, and costs nothing.
    [[nodiscard]] bool is_same(const state& other) const noexcept {
        return shared_ == other.shared_;
    }
    friend bool operator==(const state& a, const state& b)
        requires std::equality_comparable<T>
    {
        return a.is_same(b) || *a == *b;
    }

private:
    class shared : public detail::counted {
    public:
        explicit shared(T&& value_) : value(std::move(value_)) {}
        T value;
    };

    detail::counted_ptr<shared> shared_;
};

template <class T>
inline constexpr bool is_immutable_value<state<T>> = true;

}  // namespace weir
