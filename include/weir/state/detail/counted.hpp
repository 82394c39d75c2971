// SPDX-License-Identifier: Apache-2.0
// counted, counted_ptr: memory that several owners share and none of them changes, under
// everything in this room.
//
// The count is atomic, because what nobody changes may be held by several shards. What only one
// owner holds may still be changed by that one: so a container is built without copying, and a
// change of a shared one copies just the nodes on its way (`unshared`).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::detail {

/// What a shared object derives from.
class counted {
public:
    counted() noexcept = default;
    // A copy has owners of its own.
    counted(const counted&) noexcept {}
    counted& operator=(const counted&) = delete;

protected:
    ~counted() = default;

private:
    template <class T>
    friend class counted_ptr;

    mutable std::atomic<std::uint32_t> owners_{1};
};

/// Owns a share of a `T`, which derives from `counted`; may be null. A `T` with a function
/// `destroy` is ended by that.
template <class T>
class counted_ptr {
public:
    counted_ptr() noexcept = default;
    counted_ptr(std::nullptr_t) noexcept {}
    /// Takes over a new object.
    explicit counted_ptr(T* made) noexcept : object_(made) {}
    counted_ptr(const counted_ptr& other) noexcept : object_(other.object_) {
        if (object_ != nullptr) object_->owners_.fetch_add(1, std::memory_order_relaxed);
    }
    counted_ptr(counted_ptr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    counted_ptr& operator=(counted_ptr other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~counted_ptr() {
        if (object_ == nullptr) return;
        if (object_->owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(object_);
    }

    [[nodiscard]] const T* get() const noexcept { return object_; }
    const T& operator*() const noexcept { return *object_; }
    const T* operator->() const noexcept { return object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    friend bool operator==(const counted_ptr& a, const counted_ptr& b) noexcept {
        return a.object_ == b.object_;
    }

    /// Whether nobody else has a share; whoever could make one has to go through this owner.
    [[nodiscard]] bool is_only_owner() const noexcept {
        return object_->owners_.load(std::memory_order_acquire) == 1;
    }
    /// The object as one that only this owner has, a copy of it if need be. To be asked of the
    /// way to it from the root on: a node below a shared one is shared, whatever it counts.
    template <class Derived = T>
    [[nodiscard]] Derived& unshared() {
        if (!is_only_owner()) {
            *this = counted_ptr(new Derived(static_cast<const Derived&>(*object_)));
        }
        return static_cast<Derived&>(*object_);
    }

private:
    static void destroy(T* object) noexcept {
        if constexpr (requires { T::destroy(object); }) {
            T::destroy(object);
        } else {
            delete object;
        }
    }

    T* object_ = nullptr;
};

}  // namespace weir::detail
