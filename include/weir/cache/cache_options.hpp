// SPDX-License-Identifier: Apache-2.0
// cache_options: how much a cache keeps, how long, and what it does meanwhile.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <system_error>

namespace weir {

/// Bounds and lifetimes of a cache. A duration of `forever` never ends, one of zero never begins.
///
/// ```
///   loaded      refresh_ahead      ttl          + stale_while_revalidate    + stale_if_error
///     |---- fresh ----|-- fresh, ----|-- given, and loaded --|-- loaded; given if --|  gone
///                       loaded anew         anew beside         that fails
///                       beside
/// ```
class cache_options {
public:
    using duration = std::chrono::nanoseconds;
    static constexpr duration forever = duration::max();

    /// @param max_weight  entries, where each weighs 1; 1 ... 2^32 - 2.
    explicit cache_options(std::uint64_t max_weight_) noexcept : max_weight(max_weight_) {}

    std::uint64_t max_weight;
    /// How long a value is fresh.
    duration ttl = forever;
    /// A value that nobody asks for so long is gone; to within 1 in 256.
    duration idle_ttl = forever;
    /// Whoever asks so long before the end of the freshness starts a load, but does not wait for
    /// it. Shorter than the ttl, or every use starts one.
    duration refresh_ahead{0};
    /// So long after the end of the freshness the old value is given while a new one is loaded.
    duration stale_while_revalidate{0};
    /// So long after the end of the freshness the old value is given where a load has failed.
    duration stale_if_error{0};
    /// How long a failure that `is_negative` is given to those who ask again; zero = not at all.
    duration negative_ttl{0};
    /// Failures that are answers, not accidents.
    std::function<bool(std::error_code)> is_negative = [](std::error_code error) {
        return error == std::errc::no_such_file_or_directory;
    };
    /// Failures kept at once; 0 = none are.
    std::size_t max_negative = 1000;
    /// A load that takes longer is stopped and has timed out.
    duration load_timeout = forever;
    /// Loads that nobody waits for; beyond it values are not refreshed ahead, and stale ones are
    /// given as long as they may be.
    std::size_t max_refreshing = 16;
    /// How often what is over is looked for, to give its memory back; zero, as `forever` = never.
    duration sweep_interval = std::chrono::minutes(5);
};

/// What a cache has done so far; a snapshot.
class cache_statistics {
public:
    cache_statistics() noexcept = default;

    std::uint64_t hits = 0;           ///< answered from the cache without a load
    std::uint64_t negative_hits = 0;  ///< of those: with a kept failure
    std::uint64_t stale_hits = 0;  ///< with a value not fresh any more; misses where a load failed
    std::uint64_t misses = 0;      ///< that waited for a load
    std::uint64_t loads = 0;       ///< that have ended, the next among them
    std::uint64_t load_failures = 0;
    std::chrono::nanoseconds load_time{0};  ///< of all loads together
    std::chrono::nanoseconds max_load_time{0};
    std::uint64_t refreshes = 0;    ///< loads that nobody waited for when they began
    std::uint64_t evictions = 0;    ///< left for others
    std::uint64_t expirations = 0;  ///< found to be over
    std::size_t entries = 0;
    std::uint64_t weight = 0;

    /// 0 ... 1; 0 where nothing was asked for.
    [[nodiscard]] double hit_ratio() const noexcept {
        const std::uint64_t asked = hits + misses;
        return asked == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(asked);
    }
};

}  // namespace weir
