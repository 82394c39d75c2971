// SPDX-License-Identifier: Apache-2.0
// histogram: how values are distributed, with a relative error below 1 % at any size, in constant
// memory. Every power of two is divided into 128 equal buckets (log-linear; the idea is Gil Tene's
// HdrHistogram), so recording is a count of leading zeros and one addition.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace weir::metrics {

/// Counts of values 0 ... `max_value`, usually nanoseconds. Written by one thread at a time, read
/// by any; what is read while another thread writes may miss its newest values. About 38 KiB.
///
/// ```cpp
/// weir::metrics::histogram latency;
/// latency.record(std::chrono::microseconds(120));
/// auto p99 = latency.quantile(0.99);   // nanoseconds
/// ```
class histogram {
public:
    /// Larger values are counted as this one: about 73 minutes in nanoseconds.
    static constexpr std::uint64_t max_value = (std::uint64_t{1} << 42U) - 1;
    /// A quantile is off by at most this part of its value.
    static constexpr double relative_error = 1.0 / 256;

    histogram();
    histogram(const histogram& other);
    histogram& operator=(const histogram& other);
    ~histogram();

    // ---- the writing thread only
    void record(std::uint64_t value) noexcept;
    /// Negative durations count as zero.
    void record(std::chrono::nanoseconds value) noexcept {
        record(value.count() < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(value.count()));
    }
    /// Adds everything that `other` has counted.
    void merge(const histogram& other) noexcept;
    void clear() noexcept;

    // ---- any thread
    [[nodiscard]] std::uint64_t count() const noexcept { return read(count_); }
    [[nodiscard]] std::uint64_t sum() const noexcept { return read(sum_); }
    /// Exact; 0 when nothing was recorded, as are the following.
    [[nodiscard]] std::uint64_t min() const noexcept { return count() == 0 ? 0 : read(min_); }
    [[nodiscard]] std::uint64_t max() const noexcept { return read(max_); }
    [[nodiscard]] double mean() const noexcept;
    /// The value below or at which the part `fraction` of all values lies.
    /// @param fraction  0 ... 1: 0.5 is the median. 0 gives the minimum, 1 the maximum.
    [[nodiscard]] std::uint64_t quantile(double fraction) const noexcept;
    /// How many values are at most `bound`, as far as buckets tell them apart.
    [[nodiscard]] std::uint64_t count_up_to(std::uint64_t bound) const noexcept;

private:
    using cell = std::atomic<std::uint64_t>;
    static constexpr unsigned step_bits = 7;  // 128 buckets for each power of two
    static constexpr std::size_t bucket_count = (42 - step_bits + 1) << step_bits;

    static std::uint64_t read(const cell& from) noexcept {
        return from.load(std::memory_order_relaxed);
    }
    static void add(cell& to, std::uint64_t amount) noexcept {
        to.store(read(to) + amount, std::memory_order_relaxed);
    }
    static std::size_t bucket_of(std::uint64_t value) noexcept;
    static std::uint64_t middle_of(std::size_t bucket) noexcept;

    std::unique_ptr<cell[]> buckets_;
    cell count_{0};
    cell sum_{0};
    cell min_{UINT64_MAX};
    cell max_{0};
};

}  // namespace weir::metrics
