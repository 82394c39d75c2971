// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/frequency_sketch.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>

namespace weir {
namespace {

constexpr std::uint64_t sample_an_entry = 10;
constexpr std::uint64_t low_three_bits_of_each = 0x7777777777777777U;

}  // namespace

frequency_sketch::frequency_sketch(std::size_t entries) { resize(entries); }

void frequency_sketch::resize(std::size_t entries) {
    WEIR_ASSERT(entries > 0, "a frequency_sketch needs room for at least one entry");
    blocks_.assign((entries + entries_a_block - 1) / entries_a_block, block());
    sample_ = sample_an_entry * std::max<std::uint64_t>(entries, entries_a_block);
    ticks_ = 0;
}

void frequency_sketch::halve() noexcept {
    for (block& line : blocks_) {
        for (std::uint64_t& word : line.words) word = (word >> 1U) & low_three_bits_of_each;
    }
    ticks_ /= 2;
}

}  // namespace weir
