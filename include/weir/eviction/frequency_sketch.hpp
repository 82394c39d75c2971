// SPDX-License-Identifier: Apache-2.0
// frequency_sketch: roughly how often each key was asked for lately, in five bytes a cached entry.
//
// A count-min sketch of 4-bit counters with conservative update: a key has four counters, of which
// only the smallest are raised, and the smallest is the estimate. All four lie in one cache line.
// After ten accesses an entry (ticks) all counters are halved, so that what was popular once is
// forgotten.
// Source: Einziger, Friedman, Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", ACM
// Transactions on Storage 13(4), 2017; the line-sized blocks are Caffeine's idea.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir {

/// Estimates of frequencies 0 ... 15. A value; belongs to one thread.
class frequency_sketch {
public:
    static constexpr unsigned max_count = 15;

    /// @param entries  of the cache whose keys are counted, 1 ... 2^32.
    explicit frequency_sketch(std::size_t entries);

    /// Counts `accesses`, 1 ... 15, of one key.
    void add(std::uint32_t hash, unsigned accesses) noexcept {
        block& line = line_of(hash);
        const std::uint32_t places = places_of(hash);
        const unsigned wanted = std::min(max_count, smallest_in(line, places) + accesses);
        for (unsigned row = 0; row < rows; ++row) {
            const place at(row, places);
            const unsigned count = at.count(line);
            if (count < wanted) line.words[at.word] += std::uint64_t{wanted - count} << at.shift;
        }
    }
    /// An access has happened; true when it was the one before which all counters were halved.
    [[nodiscard]] bool tick() noexcept {
        if (++ticks_ < sample_) return false;
        halve();
        return true;
    }
    /// At least the accesses since the last halvings, as far as they were not halved away.
    [[nodiscard]] unsigned estimate(std::uint32_t hash) const noexcept {
        return smallest_in(line_of(hash), places_of(hash));
    }

    /// Room for the keys of a cache of that many entries; what was counted is forgotten.
    void resize(std::size_t entries);
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return blocks_.size() * 64; }

private:
    static constexpr unsigned rows = 4;
    static constexpr std::size_t entries_a_block = 13;

    struct alignas(64) block {
        std::array<std::uint64_t, 8> words{};
    };
    /// One of the 32 counters of a row, which is two words of a block.
    struct place {
        place(unsigned row, std::uint32_t places) noexcept
            : word(row * 2 + ((places >> (row * 5)) & 1U)),
              shift(((places >> (row * 5 + 1)) & 15U) * 4) {}
        [[nodiscard]] unsigned count(const block& line) const noexcept {
            return static_cast<unsigned>(line.words[word] >> shift) & max_count;
        }
        unsigned word;
        unsigned shift;
    };

    [[nodiscard]] static std::uint32_t places_of(std::uint32_t hash) noexcept {
        return static_cast<std::uint32_t>((hash * std::uint64_t{0x9E3779B97F4A7C15U}) >> 40U);
    }
    [[nodiscard]] static unsigned smallest_in(const block& line, std::uint32_t places) noexcept {
        unsigned smallest = max_count;
        for (unsigned row = 0; row < rows; ++row) {
            const unsigned count = place(row, places).count(line);
            smallest = count < smallest ? count : smallest;
        }
        return smallest;
    }
    [[nodiscard]] std::size_t line_index(std::uint32_t hash) const noexcept {
        return static_cast<std::size_t>((std::uint64_t{hash} * blocks_.size()) >> 32U);
    }
    [[nodiscard]] block& line_of(std::uint32_t hash) noexcept { return blocks_[line_index(hash)]; }
    [[nodiscard]] const block& line_of(std::uint32_t hash) const noexcept {
        return blocks_[line_index(hash)];
    }

    void halve() noexcept;

    std::vector<block> blocks_;
    std::uint64_t sample_ = 0;
    std::uint64_t ticks_ = 0;
};

}  // namespace weir
