// SPDX-License-Identifier: Apache-2.0
// cost_table: what each kind of request takes from a limit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

namespace weir::rate {

/// Costs by kind; for the dozen kinds that a protocol has: looking up is a walk over those named.
///
/// ```cpp
/// const weir::rate::cost_table<request> costs({{request::subscribe, 5}, {request::log_in, 10}});
/// co_await weir::ok(limiter.acquire(costs.of(kind)));
/// ```
template <class Kind>
class cost_table {
public:
    using entry = std::pair<Kind, std::uint64_t>;

    /// @param other  the cost of kinds that are not named.
    explicit cost_table(std::initializer_list<entry> named, std::uint64_t other = 1)
        : named_(named), other_(other) {}

    [[nodiscard]] std::uint64_t of(const Kind& kind) const noexcept {
        const auto found = std::find_if(named_.begin(), named_.end(),
                                        [&kind](const entry& each) { return each.first == kind; });
        return found == named_.end() ? other_ : found->second;
    }

private:
    std::vector<entry> named_;
    std::uint64_t other_;
};

}  // namespace weir::rate
