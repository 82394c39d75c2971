// SPDX-License-Identifier: Apache-2.0
// of_this_shard: the part of a sharded metric that the calling shard counts in.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/io/shard.hpp>
#include <weir/metrics/sharded.hpp>

namespace weir {

/// The calling shard's; outside of a runtime the first. `all` has one for each shard of the
/// runtime: less is a contract violation.
///
/// ```cpp
/// weir::of_this_shard(requests).add();
/// ```
template <class Metric>
[[nodiscard]] Metric& of_this_shard(metrics::sharded<Metric>& all WEIR_LIFETIMEBOUND) noexcept {
    const shard* here = shard::current_or_null();
    return all.at(here == nullptr ? 0 : here->index());
}

}  // namespace weir
