// SPDX-License-Identifier: Apache-2.0
// sharded: one metric for each shard, a cache line apart, that is read as one.
#pragma once

#include <weir/base/assert.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace weir::metrics {

/// A `counter`, `gauge` or `histogram` a shard, or a class of several. Each shard writes its own;
/// any thread reads all.
///
/// ```cpp
/// weir::metrics::sharded<weir::metrics::counter> requests(shard_count);
/// requests.at(here.index()).add();
/// print(requests.total());
/// ```
template <class Metric>
class sharded {
public:
    /// @param shards  1 ... any.
    explicit sharded(unsigned shards) : cells_(std::make_unique<cell[]>(shards)), size_(shards) {
        WEIR_ASSERT(shards > 0, "a sharded metric needs at least one shard");
    }

    /// @param shard  0 ... size() - 1.
    [[nodiscard]] Metric& at(unsigned shard) noexcept {
        WEIR_ASSERT(shard < size_, "a metric was asked for a shard that it does not have");
        return cells_[shard].metric;
    }
    [[nodiscard]] const Metric& at(unsigned shard) const noexcept {
        return const_cast<sharded*>(this)->at(shard);
    }
    [[nodiscard]] unsigned size() const noexcept { return size_; }

    /// Any thread: the sum over all shards, of a counter or a gauge.
    [[nodiscard]] auto total() const noexcept
        requires requires(const Metric& metric) { metric.value(); }
    {
        return sum([](const Metric& metric) { return metric.value(); });
    }
    /// Any thread: the sum over all shards of what `number_of` gives for one.
    template <class F>
    [[nodiscard]] auto sum(F number_of) const {
        decltype(number_of(std::declval<const Metric&>())) all = 0;
        for (unsigned i = 0; i < size_; ++i) all += number_of(std::as_const(cells_[i].metric));
        return all;
    }
    /// Any thread: all histograms in one.
    [[nodiscard]] Metric merged() const
        requires requires(Metric& metric) { metric.merge(metric); }
    {
        Metric all;
        for (unsigned i = 0; i < size_; ++i) all.merge(cells_[i].metric);
        return all;
    }

private:
    // Two lines, because processors fetch them in pairs.
    static constexpr std::size_t apart_bytes = 128;
    struct alignas(apart_bytes) cell {
        Metric metric;
    };

    std::unique_ptr<cell[]> cells_;
    unsigned size_;
};

}  // namespace weir::metrics
