// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/hedge.hpp>

#include <weir/base/error.hpp>

namespace weir::resilience {

// The budget keeps half of its store.
hedge::hedge(hedge_options options)
    : options_(options), budget_(2 * options.burst, options.max_share) {}

std::optional<std::chrono::nanoseconds> hedge::delay() const noexcept {
    if (options_.delay) return options_.delay;
    if (latencies_.count() < options_.min_samples) return std::nullopt;
    return latencies_.quantile(options_.quantile);
}

void hedge::note(reactor::time_point begin, std::error_code error) noexcept {
    const auto took = reactor::current().now() - begin;
    if (!error) {
        budget_.succeeded();
        return latencies_.add(took);
    }
    // A failure may come at once. One that was stopped would have taken longer still; that it lost
    // must not make the sample look fast.
    if (is_stopped(error) && took > delay().value_or(took)) latencies_.add(took);
}

}  // namespace weir::resilience
