// SPDX-License-Identifier: Apache-2.0
// trace: a running hash of all that happens in a simulation. Two runs with one seed are the same
// run if and only if their hashes are equal. No address and no payload goes into it.
#pragma once

#include <cstdint>

namespace weir::sim {

class trace {
public:
    trace() noexcept = default;

    void note(std::uint64_t value) noexcept {
        hash_ = (hash_ ^ value) * 0x100000001B3U;  // FNV-1a, a word at a time
        hash_ ^= hash_ >> 29U;
        ++notes_;
    }
    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
    [[nodiscard]] std::uint64_t notes() const noexcept { return notes_; }

private:
    std::uint64_t hash_ = 0xCBF29CE484222325U;
    std::uint64_t notes_ = 0;
};

}  // namespace weir::sim
