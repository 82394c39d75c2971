// SPDX-License-Identifier: Apache-2.0
// registry: the metrics of a program by name, each counted by shard and shown as one.
#pragma once

#include <weir/metrics/counter.hpp>
#include <weir/metrics/gauge.hpp>
#include <weir/metrics/histogram.hpp>
#include <weir/metrics/sharded.hpp>
#include <weir/metrics/text_format.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <variant>
#include <vector>

namespace weir::metrics {

/// What a metric is called and what it means; a value.
class description {
public:
    /// @param called   as `is_metric_name` wants it; counters end in `_total` by convention.
    /// @param marked   of `label`, joined by commas. Metrics that share a name differ in these.
    explicit description(std::string called, std::string meaning, std::string marked = {})
        : name(std::move(called)), help(std::move(meaning)), labels(std::move(marked)) {}

    std::string name;
    std::string help;
    std::string labels;
};

/// Owns metrics; their addresses stay. Add all of them before the shards start: adding is for one
/// thread at a time, with nobody reading. `text` may be called on any thread.
///
/// ```cpp
/// weir::metrics::registry registry(runtime.shard_count());
/// auto& hits = registry.add_counter(weir::metrics::description("hits_total", "Pages served."));
/// hits.at(here.index()).add();       // on each shard
/// std::string page = registry.text();
/// ```
class registry {
public:
    /// @param shards  1 ... any: how many threads count.
    explicit registry(unsigned shards) noexcept : shards_(shards) {}
    registry(const registry&) = delete;
    registry& operator=(const registry&) = delete;

    [[nodiscard]] sharded<counter>& add_counter(description what);
    [[nodiscard]] sharded<gauge>& add_gauge(description what);
    /// Values in nanoseconds, shown in seconds: as a summary, or as a histogram if there are
    /// `bounds` (in seconds, rising).
    [[nodiscard]] sharded<histogram>& add_latency(description what,
                                                  std::vector<double> bounds = {});
    /// A value that is asked for each time; `read` must be safe on any thread.
    void add_reading(description what, std::string type, std::function<double()> read);
    /// A counter that is kept elsewhere: asked for each time, on any thread.
    void add_count(description what, std::function<std::uint64_t()> read);

    /// All metrics in the text format; those of one name stand together, wherever they were added.
    [[nodiscard]] std::string text() const;
    /// How many threads count.
    [[nodiscard]] unsigned shard_count() const noexcept { return shards_; }

private:
    class latency {
    public:
        explicit latency(unsigned shards, std::vector<double> shown)
            : values(shards), bounds(std::move(shown)) {}
        sharded<histogram> values;
        std::vector<double> bounds;
    };
    class reading {
    public:
        explicit reading(std::string kind, std::function<double()> reader)
            : type(std::move(kind)), read(std::move(reader)) {}
        std::string type;
        std::function<double()> read;
    };
    using count = std::function<std::uint64_t()>;
    using source = std::variant<sharded<counter>, sharded<gauge>, latency, reading, count>;
    class entry {
    public:
        explicit entry(description&& described, source&& counted)
            : what(std::move(described)), from(std::move(counted)) {}
        description what;
        source from;
    };

    /// Puts it behind those of its name.
    source& add(description&& what, source&& from);

    static std::string_view type_of(const source& from) noexcept;
    static void write(text_writer& out, const description& what, const source& from);

    std::list<entry> entries_;
    unsigned shards_;
};

}  // namespace weir::metrics
