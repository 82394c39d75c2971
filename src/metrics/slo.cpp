// SPDX-License-Identifier: Apache-2.0
#include <weir/metrics/slo.hpp>

namespace weir::metrics {

std::string_view to_string(slo_level level) noexcept {
    switch (level) {
        case slo_level::good:
            return "good";
        case slo_level::warn:
            return "warn";
        case slo_level::bad:
            return "bad";
        case slo_level::critical:
            break;
    }
    return "critical";
}

}  // namespace weir::metrics
