// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/rendezvous.hpp>

#include <weir/balance/key_hash.hpp>

#include <cmath>

namespace weir::balance {
namespace {

/// Exponentially distributed with the weight as its rate, turned round: each target has the highest
/// one for its share of all keys.
double score(const target& of, std::uint64_t key) noexcept {
    // 0 ... 1, both excluded: as many steps as a double holds exactly.
    const double share = (static_cast<double>(mixed(of.id() ^ mixed(key)) >> 11U) + 0.5) / 0x1p53;
    return of.weight() / -std::log(share);
}

}  // namespace

std::optional<std::size_t> rendezvous::choose(const candidates& from,
                                              std::uint64_t key) const noexcept {
    std::optional<std::size_t> best;
    double highest = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (!from.has(i)) continue;
        const double its = score(from[i], key);
        if (best && its <= highest) continue;
        best = i;
        highest = its;
    }
    return best;
}

}  // namespace weir::balance
