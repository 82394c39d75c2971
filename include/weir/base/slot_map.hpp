// SPDX-License-Identifier: Apache-2.0
// slot_map: objects that are kept once, and handles to them, which may outlive them: a handle to
// what is gone finds nothing, also when its place is in use again.
//
//   handle {place, generation} --place--> cell of a page: generation, object
//                                         even = free, odd = in use; each change counts
//
// Pages never move, so an object stays where it is, and one that left makes room for the next
// without an allocation. Source: the slot maps of game engines' entity component systems.
#pragma once

#include <weir/base/assert.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace weir {

/// Objects by handle. Belongs to one thread; neither copies nor moves. Ends what is in it with
/// itself. Its size is that of what is put into it.
///
/// ```cpp
/// weir::slot_map<subscription> all;
/// const auto handle = all.emplace(topic);
/// all.erase(handle);
/// assert(all.find(handle) == nullptr);
/// ```
template <class T>
class slot_map {
public:
    /// Names one object for ever; a default one names none.
    class handle {
    public:
        handle() noexcept = default;
        friend bool operator==(const handle&, const handle&) noexcept = default;

    private:
        friend class slot_map;
        explicit handle(std::uint32_t place, std::uint32_t generation) noexcept
            : place_(place), generation_(generation) {}
        std::uint32_t place_ = 0;
        std::uint32_t generation_ = 0;
    };

    slot_map() noexcept = default;
    slot_map(const slot_map&) = delete;
    slot_map& operator=(const slot_map&) = delete;
    ~slot_map() { clear(); }

    /// Makes an object of `args`.
    template <class... Args>
    handle emplace(Args&&... args) {
        if (free_ == none) add_page();
        const std::uint32_t place = free_;
        cell& taken = cell_at(place);
        const std::uint32_t next_free = taken.next_free;
        std::construct_at(taken.object(), std::forward<Args>(args)...);
        free_ = next_free;
        ++taken.generation;
        ++size_;
        return handle(place, taken.generation);
    }
    /// Ends the object. Returns whether it was there.
    bool erase(handle of) noexcept {
        if (find(of) == nullptr) return false;
        release(of.place_);
        return true;
    }
    void clear() noexcept {
        for (std::uint32_t place = 0; size_ > 0; ++place) {
            if (cell_at(place).is_used()) release(place);
        }
    }

    /// The object, at the same address as long as it lives; null when it is gone.
    [[nodiscard]] T* find(handle of) noexcept {
        if (of.place_ >= places()) return nullptr;
        cell& found = cell_at(of.place_);
        return found.is_used() && found.generation == of.generation_ ? found.object() : nullptr;
    }
    /// `look(object)` for each.
    template <class F>
    void for_each(F&& look) {
        for (std::uint32_t place = 0; place < places(); ++place) {
            if (cell& each = cell_at(place); each.is_used()) look(*each.object());
        }
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return pages_.size() * page_size * sizeof(cell);
    }

private:
    static constexpr std::uint32_t page_size = 256;
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    /// A place that has been used so often is not used again: a handle never means another object.
    static constexpr std::uint32_t last_generation = none - 1;

    struct cell {
        [[nodiscard]] bool is_used() const noexcept { return (generation & 1U) != 0; }
        [[nodiscard]] T* object() noexcept { return std::launder(reinterpret_cast<T*>(memory)); }

        alignas(T) std::byte memory[sizeof(T)];
        std::uint32_t generation = 0;
        std::uint32_t next_free = none;
    };

    [[nodiscard]] std::uint32_t places() const noexcept {
        return static_cast<std::uint32_t>(pages_.size()) * page_size;
    }
    [[nodiscard]] cell& cell_at(std::uint32_t place) noexcept {
        return pages_[place / page_size][place % page_size];
    }
    void add_page() {
        WEIR_ASSERT(pages_.size() < none / page_size, "a slot_map holds less than 2^32 objects");
        pages_.push_back(std::make_unique<cell[]>(page_size));
        for (std::uint32_t place = places(); place > places() - page_size; --place) {
            cell_at(place - 1).next_free = std::exchange(free_, place - 1);
        }
    }
    void release(std::uint32_t place) noexcept {
        cell& left = cell_at(place);
        std::destroy_at(left.object());
        ++left.generation;
        --size_;
        if (left.generation < last_generation) left.next_free = std::exchange(free_, place);
    }

    std::vector<std::unique_ptr<cell[]>> pages_;
    std::uint32_t free_ = none;
    std::size_t size_ = 0;
};

}  // namespace weir
