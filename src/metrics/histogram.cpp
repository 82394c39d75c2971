// SPDX-License-Identifier: Apache-2.0
#include <weir/metrics/histogram.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace weir::metrics {

histogram::histogram() : buckets_(std::make_unique<cell[]>(bucket_count)) {}

histogram::histogram(const histogram& other) : histogram() { merge(other); }

histogram& histogram::operator=(const histogram& other) {
    if (this == &other) return *this;
    clear();
    merge(other);
    return *this;
}

histogram::~histogram() = default;

std::size_t histogram::bucket_of(std::uint64_t value) noexcept {
    constexpr std::uint64_t steps = std::uint64_t{1} << step_bits;
    if (value < steps) return value;  // the small ones are exact
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - step_bits - 1;
    return (std::size_t{shift} << step_bits) + (value >> shift);
}

std::uint64_t histogram::middle_of(std::size_t bucket) noexcept {
    constexpr std::size_t steps = std::size_t{1} << step_bits;
    if (bucket < 2 * steps) return bucket;
    const std::size_t shift = (bucket >> step_bits) - 1;
    const std::uint64_t lowest = std::uint64_t{bucket - (shift << step_bits)} << shift;
    return lowest + (std::uint64_t{1} << shift) / 2;
}

void histogram::record(std::uint64_t value) noexcept {
    value = std::min(value, max_value);
    add(buckets_[bucket_of(value)], 1);
    add(sum_, value);
    if (value < read(min_)) min_.store(value, std::memory_order_relaxed);
    if (value > read(max_)) max_.store(value, std::memory_order_relaxed);
    add(count_, 1);
}

void histogram::merge(const histogram& other) noexcept {
    for (std::size_t i = 0; i < bucket_count; ++i) {
        if (const std::uint64_t more = read(other.buckets_[i]); more != 0) add(buckets_[i], more);
    }
    add(sum_, other.sum());
    min_.store(std::min(read(min_), read(other.min_)), std::memory_order_relaxed);
    max_.store(std::max(max(), other.max()), std::memory_order_relaxed);
    add(count_, other.count());
}

void histogram::clear() noexcept {
    for (std::size_t i = 0; i < bucket_count; ++i) buckets_[i].store(0, std::memory_order_relaxed);
    count_.store(0, std::memory_order_relaxed);
    sum_.store(0, std::memory_order_relaxed);
    min_.store(UINT64_MAX, std::memory_order_relaxed);
    max_.store(0, std::memory_order_relaxed);
}

double histogram::mean() const noexcept {
    const std::uint64_t values = count();
    return values == 0 ? 0 : static_cast<double>(sum()) / static_cast<double>(values);
}

std::uint64_t histogram::quantile(double fraction) const noexcept {
    const std::uint64_t values = count();
    if (values == 0 || fraction <= 0) return min();
    const double wanted = std::ceil(fraction * static_cast<double>(values));
    const std::uint64_t rank = wanted < 1 ? 1 : static_cast<std::uint64_t>(wanted);
    if (rank >= values) return max();
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < bucket_count; ++i) {
        seen += read(buckets_[i]);
        if (seen >= rank) return std::clamp(middle_of(i), min(), max());
    }
    return max();
}

std::uint64_t histogram::count_up_to(std::uint64_t bound) const noexcept {
    const std::size_t last = bucket_of(std::min(bound, max_value));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i <= last; ++i) seen += read(buckets_[i]);
    return seen;
}

}  // namespace weir::metrics
