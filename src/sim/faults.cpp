// SPDX-License-Identifier: Apache-2.0
#include <weir/sim/faults.hpp>

#include <algorithm>

namespace weir::sim {

void fault_plan::clear() noexcept {
    for (kind& each : kinds_) {
        each.probability = 0;
        each.places.clear();
    }
    failing_request_ = 0;
}

bool fault_plan::strikes(fault which) noexcept {
    kind& asked = of(which);
    ++asked.occasions;
    const auto place = std::find(asked.places.begin(), asked.places.end(), asked.occasions);
    const bool planned = place != asked.places.end();
    if (planned) asked.places.erase(place);
    if (!planned && !chance_.chance(asked.probability)) return false;
    ++asked.struck;
    return true;
}

}  // namespace weir::sim
