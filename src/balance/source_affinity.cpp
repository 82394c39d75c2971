// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/source_affinity.hpp>

#include <weir/balance/key_hash.hpp>
#include <weir/base/assert.hpp>

#include <algorithm>

namespace weir::balance {

source_affinity::source_affinity(std::uint64_t seed, std::size_t max_sources)
    : first_choice_(seed), entries_((max_sources + ways - 1) / ways * ways) {
    WEIR_ASSERT(max_sources > 0, "a source can be remembered, at least one");
}

source_affinity::entry& source_affinity::place_of(std::uint64_t source) noexcept {
    const std::size_t places = entries_.size() / ways;
    const auto first =
        entries_.begin() + static_cast<std::ptrdiff_t>(mixed(source) % places * ways);
    const auto last = first + ways;
    const auto known = std::find_if(first, last, [source](const entry& each) {
        return each.came_at != 0 && each.source == source;
    });
    if (known != last) return *known;
    entry& oldest = *std::min_element(
        first, last, [](const entry& a, const entry& b) { return a.came_at < b.came_at; });
    oldest = entry{};
    return oldest;
}

std::optional<std::size_t> source_affinity::choose(const candidates& from,
                                                   std::uint64_t source) noexcept {
    entry& remembered = place_of(source);
    if (remembered.came_at == 0 || !from.has(remembered.target)) {
        const auto chosen = first_choice_.choose(from);
        if (!chosen) return std::nullopt;
        remembered.source = source;
        remembered.target = *chosen;
    }
    remembered.came_at = ++choices_;
    return remembered.target;
}

}  // namespace weir::balance
