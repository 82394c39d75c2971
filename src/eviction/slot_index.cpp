// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/slot_index.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>
#include <utility>

namespace weir {

unsigned slot_index::line::size() const noexcept {
    return static_cast<unsigned>(std::find(slots.begin(), slots.end(), none) - slots.begin());
}

void slot_index::insert(std::uint32_t hash, std::uint32_t slot) {
    if (size_ == max_size_) rebuild(size_ * 2 + 1);
    place(hash, slot);
    ++size_;
}

void slot_index::place(std::uint32_t hash, std::uint32_t slot) noexcept {
    std::size_t at = home_of(hash);
    while (lines_[at].is_full()) at = after(at);
    line& free = lines_[at];
    const unsigned cell = free.size();
    free.hashes[cell] = hash;
    free.slots[cell] = slot;
}

void slot_index::erase(std::uint32_t hash, std::uint32_t slot) noexcept {
    WEIR_ASSERT(size_ > 0, "an empty slot_index has nothing to erase");
    std::size_t at = home_of(hash);
    for (;;) {
        line& here = lines_[at];
        const bool was_full = here.is_full();
        const auto found = std::find(here.slots.begin(), here.slots.end(), slot);
        if (found != here.slots.end()) {
            here.erase(static_cast<unsigned>(found - here.slots.begin()));
            if (was_full) close_gaps(at);
            --size_;
            return;
        }
        WEIR_ASSERT(was_full, "a slot_index does not hold what is to be erased");
        at = after(at);
    }
}

void slot_index::line::erase(unsigned cell) noexcept {
    const unsigned last = size() - 1;
    hashes[cell] = hashes[last];
    slots[cell] = slots[last];
    slots[last] = none;
}

// A line that was full has one free cell now. Searches end at such a line, so whoever passed it on
// the way to a later line is brought back; from the next line that is not full on, nobody did.
void slot_index::close_gaps(std::size_t gap) noexcept {
    for (std::size_t at = after(gap);; at = after(at)) {
        line& here = lines_[at];
        const bool was_full = here.is_full();
        for (unsigned cell = 0; cell < here.size(); ++cell) {
            const std::size_t home = home_of(here.hashes[cell]);
            const bool passed_gap = gap <= at ? home <= gap || home > at : home <= gap && home > at;
            if (!passed_gap) continue;
            line& target = lines_[gap];
            const unsigned free = target.size();
            target.hashes[free] = here.hashes[cell];
            target.slots[free] = here.slots[cell];
            here.erase(cell);
            gap = at;
            break;
        }
        if (!was_full) return;
    }
}

void slot_index::reserve(std::size_t entries) {
    if (entries > max_size_) rebuild(entries);
}

void slot_index::rebuild(std::size_t entries) {
    const std::size_t count = entries / 6 + 1;  // six of eight cells
    const auto old = std::exchange(lines_, std::vector<line>(count));
    max_size_ = count * 6;
    for (const line& each : old) {
        for (unsigned cell = 0; cell < each.size(); ++cell) {
            place(each.hashes[cell], each.slots[cell]);
        }
    }
}

}  // namespace weir
