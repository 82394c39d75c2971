// SPDX-License-Identifier: Apache-2.0
// slot_index: from a key's hash to the number of the slot that holds the key. It never sees a key,
// so it is one class for all maps; whoever searches says whether a slot is the one.
//
// Open addressing by lines: eight hashes and their slots fill one cache line, which is compared in
// one go; what finds its line full goes to the next. Three quarters of all are in use at most. The
// line of a hash is its share of the table, so the table has any size, not only powers of two;
// removal closes the gaps, so there are no tombstones.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace weir {

/// Hashes and the slots that they stand for. Belongs to one thread.
class slot_index {
public:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    slot_index() noexcept = default;

    /// The slot with that hash for which `matches(slot)` is true, or `none`.
    template <class Matches>
    [[nodiscard]] std::uint32_t find(std::uint32_t hash, Matches&& matches) const {
        if (size_ == 0) return none;
        for (std::size_t at = home_of(hash);; at = after(at)) {
            const line& here = lines_[at];
            for (unsigned same = here.places_of(hash); same != 0; same &= same - 1) {
                const std::uint32_t slot =
                    here.slots[static_cast<unsigned>(std::countr_zero(same))];
                if (slot != none && matches(slot)) return slot;
            }
            if (!here.is_full()) return none;
        }
    }
    /// @param slot  must not be in the index yet.
    void insert(std::uint32_t hash, std::uint32_t slot);
    /// @param slot  must be in the index under `hash`.
    void erase(std::uint32_t hash, std::uint32_t slot) noexcept;
    /// Makes room for that many, so that no insertion before allocates.
    void reserve(std::size_t entries);

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return lines_.size() * sizeof(line); }

private:
    static constexpr unsigned cells_a_line = 8;

    /// Its cells are in use from the first on.
    struct alignas(64) line {
        line() noexcept { slots.fill(none); }
        /// A bit for each cell that has this hash.
        [[nodiscard]] unsigned places_of(std::uint32_t hash) const noexcept;
        [[nodiscard]] bool is_full() const noexcept { return slots.back() != none; }
        [[nodiscard]] unsigned size() const noexcept;
        void erase(unsigned cell) noexcept;

        std::array<std::uint32_t, cells_a_line> hashes{};
        std::array<std::uint32_t, cells_a_line> slots;
    };

    [[nodiscard]] std::size_t home_of(std::uint32_t hash) const noexcept {
        return static_cast<std::size_t>((std::uint64_t{hash} * lines_.size()) >> 32U);
    }
    [[nodiscard]] std::size_t after(std::size_t at) const noexcept {
        return at + 1 == lines_.size() ? 0 : at + 1;
    }
    void place(std::uint32_t hash, std::uint32_t slot) noexcept;
    void close_gaps(std::size_t gap) noexcept;
    void rebuild(std::size_t entries);

    std::vector<line> lines_;
    std::size_t size_ = 0;
    std::size_t max_size_ = 0;
};

inline unsigned slot_index::line::places_of(std::uint32_t hash) const noexcept {
#if defined(__SSE2__)
    const auto* cells = reinterpret_cast<const __m128i*>(hashes.data());
    const __m128i wanted = _mm_set1_epi32(static_cast<int>(hash));
    const __m128i low = _mm_cmpeq_epi32(_mm_load_si128(cells), wanted);
    const __m128i high = _mm_cmpeq_epi32(_mm_load_si128(cells + 1), wanted);
    const __m128i marks = _mm_packs_epi16(_mm_packs_epi32(low, high), _mm_setzero_si128());
    return static_cast<unsigned>(_mm_movemask_epi8(marks));
#else
    unsigned places = 0;
    for (unsigned i = 0; i < cells_a_line; ++i) places |= unsigned{hashes[i] == hash} << i;
    return places;
#endif
}

}  // namespace weir
