// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/adaptive_limit.hpp>

namespace weir::resilience {

void adaptive_limit::report::note(std::error_code error) noexcept {
    const bool is_refusal = error.category() == refusal_category();
    is_told_ = !error || is_refusal || error == std::errc::timed_out;
    if (!is_told_) return;
    if (error) return estimate_.overloaded(call_);
    estimate_.succeeded(call_, reactor::current().now() - begin_);
}

}  // namespace weir::resilience
