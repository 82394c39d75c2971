// SPDX-License-Identifier: Apache-2.0
#include <weir/io/phase_ledger.hpp>

#include <weir/io/reactor.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace weir {

phase_ledger::entry& phase_ledger::entry::inner(std::string_view name) {
    const auto found = std::find_if(inner_.begin(), inner_.end(),
                                    [&](const auto& each) { return each->name_ == name; });
    if (found != inner_.end()) return **found;
    auto made = std::make_unique<entry>(name);
    if (outer_ != nullptr) made->count_also_in(outer_->inner(name));
    return *inner_.emplace_back(std::move(made));
}

const phase_ledger::entry* phase_ledger::entry::longest_inner(time_point now) const noexcept {
    const auto longest = std::max_element(
        inner_.begin(), inner_.end(),
        [&](const auto& a, const auto& b) { return a->spent(now) < b->spent(now); });
    return longest == inner_.end() ? nullptr : longest->get();
}

std::string longest_phase(const phase_ledger::entry& of, phase_ledger::time_point now) {
    std::string way;
    const phase_ledger::entry* outer = &of;
    for (;;) {
        const phase_ledger::entry* inner = outer->longest_inner(now);
        if (inner == nullptr || inner->spent(now) * 2 < outer->spent(now)) return way;
        if (!way.empty()) way += '/';
        way += inner->name();
        outer = inner;
    }
}

void phase_span::begin(scope& in, std::string_view name) noexcept {
    const auto* around = in.find<current_phase>();
    if (around == nullptr) return;
    try {
        counted_ = &around->at->inner(name);
    } catch (const std::bad_alloc&) {
        return;  // it is not counted
    }
    counted_->begin(reactor::current().now());
}

void phase_span::end() noexcept {
    if (auto* counted = std::exchange(counted_, nullptr)) counted->end(reactor::current().now());
}

}  // namespace weir
