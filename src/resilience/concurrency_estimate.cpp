// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/concurrency_estimate.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>
#include <cmath>

namespace weir::resilience {

concurrency_estimate::concurrency_estimate(const estimate_options& options)
    : options_(options), limit_(static_cast<double>(options.initial)) {
    WEIR_ASSERT(
        0 < options.least && options.least <= options.initial && options.initial <= options.most,
        "a limit of concurrency begins between its bounds, and lets one call pass");
}

std::size_t concurrency_estimate::limit() const noexcept {
    const auto shown = static_cast<std::size_t>(is_probing_ ? limit_ / 2 : limit_);
    return std::max(shown, options_.least);
}

std::optional<concurrency_estimate::permit> concurrency_estimate::try_begin() noexcept {
    if (in_flight_ >= limit()) return std::nullopt;
    ++in_flight_;
    was_reached_ = was_reached_ || in_flight_ >= limit();
    return permit(window_);
}

void concurrency_estimate::succeeded(permit call, std::chrono::nanoseconds latency) noexcept {
    --in_flight_;
    // Those that began before may have waited behind what the limit was then.
    if (call.window_ != window_) return;
    sum_ += latency;
    if (++samples_ >= std::max(options_.min_window, limit())) end_window();
}

void concurrency_estimate::overloaded(permit call) noexcept {
    --in_flight_;
    // Once for all that began at the same limit.
    if (call.window_ != window_) return;
    shrink();
    begin_window();
}

void concurrency_estimate::end_window() noexcept {
    const auto mean = sum_ / static_cast<std::int64_t>(samples_);
    note_base(mean);
    const auto real = [](std::chrono::nanoseconds time) {
        return std::chrono::duration<double, std::nano>(time);
    };
    if (real(mean) > options_.tolerance * real(base_)) {
        shrink();
    } else if (was_reached_ && !is_probing_) {
        grow();
    }
    is_probing_ = ++windows_ >= options_.windows_a_probe;
    if (is_probing_) windows_ = 0;
    begin_window();
}

void concurrency_estimate::begin_window() noexcept {
    ++window_;
    sum_ = {};
    samples_ = 0;
    was_reached_ = false;
}

void concurrency_estimate::note_base(std::chrono::nanoseconds mean) noexcept {
    if (base_ == base_.zero()) base_ = mean;
    // A probe may be wrong by chance, and other windows are there to be slower: part of the way.
    if (is_probing_) {
        base_ = mean < base_ ? mean : (base_ + mean) / 2;
    } else if (mean < base_) {
        base_ -= (base_ - mean) / 8;
    }
}

void concurrency_estimate::shrink() noexcept {
    limit_ = std::max(limit_ * options_.shrink, static_cast<double>(options_.least));
}

void concurrency_estimate::grow() noexcept {
    limit_ = std::min(limit_ + std::sqrt(limit_), static_cast<double>(options_.most));
}

}  // namespace weir::resilience
