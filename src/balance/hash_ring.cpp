// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/hash_ring.hpp>

#include <weir/balance/key_hash.hpp>
#include <weir/base/assert.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::balance {

hash_ring::hash_ring(const target_set& targets, const ring_options& options)
    : max_load_(options.max_load) {
    WEIR_ASSERT(options.places > 0, "a target stands at one place of a ring at least");
    WEIR_ASSERT(max_load_ == 0 || max_load_ >= 1, "a bound of load is no less than a fair share");
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const std::size_t places = options.places * targets[i].weight();
        for (std::size_t each = 0; each < places; ++each) {
            ring_.push_back({mixed(targets[i].id() + mixed(each + 1)), i});
        }
    }
    std::sort(ring_.begin(), ring_.end(), [](const place& a, const place& b) {
        return a.at != b.at ? a.at < b.at : a.target < b.target;
    });
}

double hash_ring::bound(const candidates& from) const noexcept {
    if (max_load_ == 0) return std::numeric_limits<double>::infinity();
    double weight = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (from.has(i)) weight += from[i].weight();
    }
    return max_load_ * static_cast<double>(from.targets().in_flight() + 1) / weight;
}

std::optional<std::size_t> hash_ring::choose(const candidates& from,
                                             std::uint64_t key) const noexcept {
    const double most = bound(from);
    const auto begin =
        std::lower_bound(ring_.begin(), ring_.end(), key,
                         [](const place& each, std::uint64_t at) { return each.at < at; });
    const auto start = static_cast<std::size_t>(begin - ring_.begin());
    std::optional<std::size_t> own;
    for (std::size_t i = 0; i < ring_.size(); ++i) {
        const std::size_t index = ring_[(start + i) % ring_.size()].target;
        if (!from.has(index)) continue;
        if (!own) own = index;
        const target& at = from[index];
        if (static_cast<double>(at.in_flight()) < std::ceil(most * at.weight())) return index;
    }
    return own;
}

}  // namespace weir::balance
