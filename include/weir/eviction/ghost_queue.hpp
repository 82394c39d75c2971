// SPDX-License-Identifier: Apache-2.0
// ghost_queue: the keys that left last, as hashes: whether one that comes back has left just now.
// Two places a bucket and no chains: a key is forgotten early now and then, which only makes a
// policy a little less sure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir {

/// Remembers about the last `capacity` hashes. A value.
class ghost_queue {
public:
    /// Room for that many, at least one; what was remembered is forgotten.
    void resize(std::size_t capacity) {
        buckets_.assign(std::max<std::size_t>(1, capacity), bucket());
        left_ = 0;
    }
    void remember(std::uint32_t hash) noexcept {
        bucket& here = buckets_[index_of(hash)];
        here[1] = here[0];
        here[0] = ghost{hash, ++left_};
    }
    /// Whether `hash` was among the last `capacity` that were remembered.
    [[nodiscard]] bool holds(std::uint32_t hash) const noexcept {
        const bucket& here = buckets_[index_of(hash)];
        return std::any_of(here.begin(), here.end(), [&](const ghost& each) {
            return each.hash == hash && each.number != 0 && left_ - each.number < buckets_.size();
        });
    }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return buckets_.size() * sizeof(bucket);
    }

private:
    struct ghost {
        std::uint32_t hash = 0;
        std::uint32_t number = 0;
    };
    using bucket = std::array<ghost, 2>;

    [[nodiscard]] std::size_t index_of(std::uint32_t hash) const noexcept {
        return static_cast<std::size_t>((std::uint64_t{hash} * buckets_.size()) >> 32U);
    }

    std::vector<bucket> buckets_ = std::vector<bucket>(1);
    std::uint32_t left_ = 0;
};

}  // namespace weir
