// SPDX-License-Identifier: Apache-2.0
// object_pool: plain objects that are dear to make anew (buffers, parsers, builders), used again.
//
// They are made in slabs, each as large as all before it, and never freed before the pool: once as
// many were used as ever are at a time, nothing is allocated any more. An object that comes back
// is put in order at once, so that one that rests keeps nothing alive.
#pragma once

#include <weir/base/assert.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

/// Puts an object in order for the next one: `clear()` where it has that (containers keep their
/// memory), a new value otherwise.
class reset_object {
public:
    template <std::default_initializable T>
    void operator()(T& object) const {
        if constexpr (requires { object.clear(); }) {
            object.clear();
        } else {
            object = T();
        }
    }
};

/// At most `max_objects` objects. Belongs to one shard; neither copies nor moves. Must not be
/// destroyed while a handle is out.
///
/// ```cpp
/// weir::object_pool<std::vector<std::byte>> buffers(100);
/// if (auto buffer = buffers.try_acquire()) (*buffer)->resize(4096);
/// ```
template <std::default_initializable T, std::invocable<T&> Reset = reset_object>
class object_pool {
public:
    class handle;

    /// @param max_objects  1 or more. What is made for them is made when it is first needed.
    /// @param reset        called on each object that comes back; must not throw.
    explicit object_pool(std::size_t max_objects, Reset reset = Reset())
        : max_(max_objects), reset_(std::move(reset)) {
        WEIR_ASSERT(max_objects > 0, "an object_pool has room for at least one object");
    }
    object_pool(const object_pool&) = delete;
    object_pool& operator=(const object_pool&) = delete;
    ~object_pool() {
        WEIR_ASSERT(in_use_ == 0, "an object_pool was destroyed while a handle is out");
    }

    /// An object that nobody else has; none when `max_objects` are out.
    [[nodiscard]] std::optional<handle> try_acquire() {
        if (free_ == nullptr && !grow()) return std::nullopt;
        node& taken = *free_;
        free_ = taken.next;
        ++in_use_;
        return handle(*this, taken);
    }

    [[nodiscard]] std::size_t in_use() const noexcept { return in_use_; }
    /// Objects that exist, in use or not.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t max_objects() const noexcept { return max_; }

private:
    class node {
    public:
        T object{};
        node* next = nullptr;
    };
    static constexpr std::size_t first_slab = 8;

    /// Makes more objects; false when there are `max_` already.
    [[nodiscard]] bool grow() {
        const std::size_t count = std::min(std::max(size_, first_slab), max_ - size_);
        if (count == 0) return false;
        slabs_.push_back(std::make_unique<node[]>(count));
        for (std::size_t i = count; i > 0; --i) put_back(slabs_.back()[i - 1]);
        size_ += count;
        return true;
    }
    void put_back(node& unused) noexcept {
        unused.next = free_;
        free_ = &unused;
    }
    void release(node& used) noexcept {
        reset_(used.object);
        --in_use_;
        put_back(used);
    }

    std::size_t max_;
    std::size_t size_ = 0;
    std::size_t in_use_ = 0;
    node* free_ = nullptr;  // the one used last first: it is still in the cache
    std::vector<std::unique_ptr<node[]>> slabs_;
    [[no_unique_address]] Reset reset_;
};

/// An object in use; goes back when the handle is destroyed. Moves, does not copy.
template <std::default_initializable T, std::invocable<T&> Reset>
class object_pool<T, Reset>::handle {
public:
    handle(handle&& other) noexcept
        : owner_(other.owner_), used_(std::exchange(other.used_, nullptr)) {}
    handle& operator=(handle&& other) noexcept {
        if (this != &other) {
            release();
            owner_ = other.owner_;
            used_ = std::exchange(other.used_, nullptr);
        }
        return *this;
    }
    ~handle() { release(); }

    [[nodiscard]] T& operator*() const noexcept { return held().object; }
    [[nodiscard]] T* operator->() const noexcept { return &held().object; }

    /// Gives the object back early; the handle is empty then.
    void release() noexcept {
        if (node* given = std::exchange(used_, nullptr)) owner_->release(*given);
    }
    [[nodiscard]] bool is_empty() const noexcept { return used_ == nullptr; }

private:
    friend class object_pool;

    explicit handle(object_pool& owner, node& used) noexcept : owner_(&owner), used_(&used) {}

    [[nodiscard]] node& held() const noexcept {
        WEIR_ASSERT(used_ != nullptr, "an object was used after it was given back or moved away");
        return *used_;
    }

    object_pool* owner_;
    node* used_;
};

}  // namespace weir
