// SPDX-License-Identifier: Apache-2.0
// slot_array: the memory of a bounded_map: numbered places for entries, of which the free ones are
// linked. It grows by doubling up to its bound, and then never again.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/eviction/slot_list.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir::detail {

/// Spreads what std::hash gives (which may be the number itself) over 32 bits.
[[nodiscard]] inline std::uint32_t spread_hash(std::size_t hash) noexcept {
    std::uint64_t mixed = static_cast<std::uint64_t>(hash) * 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 32U)) * 0xD6E8FEB86659FD93U;
    return static_cast<std::uint32_t>(mixed >> 32U);
}

/// Entries by number. `Entry` derives from slot_links and has `key` and `value`.
template <class Entry, class Traits>
class slot_array {
public:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    explicit slot_array(std::size_t max_entries) noexcept : max_entries_(max_entries) {}
    slot_array(const slot_array&) = delete;
    slot_array& operator=(const slot_array&) = delete;
    ~slot_array() {
        for (std::uint32_t slot = 0; slot < used_; ++slot) {
            if (is_live(slot)) std::destroy_at(&entry(slot));
        }
        release_memory();
    }

    [[nodiscard]] bool is_full() const noexcept { return free_ == none && used_ == capacity_; }
    /// What `capacity()` will be after `grow`.
    [[nodiscard]] std::size_t next_capacity() const noexcept {
        return std::min(std::max(first_capacity, capacity_ * 2),
                        std::max(max_entries_, capacity_ + 1));
    }
    /// Moves all entries to a larger array; only when it is full. What throws changes nothing.
    void grow();
    /// Puts a new entry into a free slot, which there is unless it is full.
    template <class... Args>
    [[nodiscard]] std::uint32_t emplace(Args&&... args) {
        const std::uint32_t slot = take_free();
        try {
            std::construct_at(entries_ + slot, std::forward<Args>(args)...);
        } catch (...) {
            give_back(slot);
            throw;
        }
        return slot;
    }
    /// @param slot  is in no list any more.
    void erase(std::uint32_t slot) noexcept {
        std::destroy_at(&entry(slot));
        give_back(slot);
    }

    [[nodiscard]] Entry& entry(std::uint32_t slot) noexcept { return entries_[slot]; }
    [[nodiscard]] const Entry& entry(std::uint32_t slot) const noexcept { return entries_[slot]; }
    /// Whether a slot below `used()` holds an entry that is in a list.
    [[nodiscard]] bool is_live(std::uint32_t slot) noexcept { return links(slot).segment != 0; }
    [[nodiscard]] std::uint32_t used() const noexcept { return used_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::uint32_t number_of(const Entry& entry) const noexcept {
        return static_cast<std::uint32_t>(&entry - entries_);
    }
    void set_max_entries(std::size_t max_entries) noexcept { max_entries_ = max_entries; }

    // What a policy may ask.
    [[nodiscard]] slot_links& links(std::uint32_t slot) noexcept {
        // Those of a free slot, too, which holds no entry.
        static_assert(!std::is_polymorphic_v<Entry>, "the links of an entry come first in it");
        return *reinterpret_cast<slot_links*>(entries_ + slot);
    }
    [[nodiscard]] std::uint32_t hash(std::uint32_t slot) const noexcept {
        return spread_hash(typename Traits::hash()(entries_[slot].key));
    }
    [[nodiscard]] std::uint64_t weight(std::uint32_t slot) const noexcept {
        return weight_of(entries_[slot].key, entries_[slot].value);
    }
    template <class K, class V>
    [[nodiscard]] static std::uint64_t weight_of(const K& key, const V& value) noexcept {
        return std::max<std::uint64_t>(1, Traits::weight(key, value));
    }

private:
    static constexpr std::size_t first_capacity = 16;

    [[nodiscard]] std::uint32_t take_free() noexcept {
        if (free_ == none) return used_++;
        return std::exchange(free_, links(free_).next);
    }
    void give_back(std::uint32_t slot) noexcept {
        auto* left = std::construct_at(reinterpret_cast<slot_links*>(entries_ + slot));
        left->next = free_;
        free_ = slot;
    }
    void release_memory() noexcept {
        if (entries_ != nullptr) std::allocator<Entry>().deallocate(entries_, capacity_);
    }

    std::size_t max_entries_;
    Entry* entries_ = nullptr;
    std::size_t capacity_ = 0;
    std::uint32_t used_ = 0;
    std::uint32_t free_ = none;
};

template <class Entry, class Traits>
void slot_array<Entry, Traits>::grow() {
    static_assert(
        std::is_nothrow_move_constructible_v<Entry> || std::is_copy_constructible_v<Entry>,
        "entries are copied, or moved without a throw, when a bounded_map grows");
    const std::size_t wanted = next_capacity();
    WEIR_ASSERT(wanted <= none, "a bounded_map holds less than 2^32 entries");
    Entry* larger = std::allocator<Entry>().allocate(wanted);
    std::uint32_t there = 0;
    try {
        for (; there < used_; ++there) {
            std::construct_at(larger + there, std::move_if_noexcept(entry(there)));
        }
    } catch (...) {
        std::destroy_n(larger, there);
        std::allocator<Entry>().deallocate(larger, wanted);
        throw;
    }
    std::destroy_n(entries_, used_);
    release_memory();
    entries_ = larger;
    capacity_ = wanted;
}

}  // namespace weir::detail
