// SPDX-License-Identifier: Apache-2.0
// registry_view: a registry of another shard, as it was at some generation: looked up as fast as
// at home, without a lock, and brought up to date on demand. Only what has changed is indexed anew.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/shard.hpp>
#include <weir/registry/registry.hpp>
#include <weir/state/deeply_immutable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace weir {

/// Belongs to the shard that uses it; neither copies nor moves. The registry must outlive it.
///
/// ```cpp
/// weir::registry_view<std::string, int> tools(registry, weir::this_shard().sibling(0));
/// if (!tools.is_current()) co_await weir::ok(tools.refresh());
/// const int* id = tools.find("search");
/// ```
template <deeply_immutable K, deeply_immutable V, class Hash = std::hash<K>>
class registry_view {
public:
    using registry_type = registry<K, V, Hash>;
    using map_type = typename registry_type::map_type;

    /// Empty until the first `refresh`. `home` is the shard that `of` belongs to.
    explicit registry_view(registry_type& of, shard& home) noexcept : of_(of), home_(home) {}
    registry_view(const registry_view&) = delete;
    registry_view& operator=(const registry_view&) = delete;
    ~registry_view() = default;

    /// The value of `key` at the last `refresh`, good until the next one; null when there was none.
    [[nodiscard]] const V* find(const K& key) const { return entries_.find(key); }
    /// All entries at the last `refresh`.
    [[nodiscard]] map_type snapshot() const noexcept { return entries_.map(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.map().size(); }
    /// Whether nothing has changed since the last `refresh`; costs one read of memory.
    [[nodiscard]] bool is_current() const noexcept { return generation_ == of_.generation(); }

    /// Takes the entries as they are at home now; at once, if nothing has changed there.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  the view stays as it is.
    /// Concurrency:   any number of calls at once; it never goes back.
    /// Allocates:     room for the keys that have come.
    [[nodiscard]] task<result<void>> refresh() {
        if (is_current()) co_return result<void>();
        const auto read = [&from = of_] { return version(from.snapshot(), from.generation()); };
        auto reading = home_.run(read);
        result<version> now = co_await reading;
        if (!now) co_return fail(now.error());
        if (now->generation > generation_) {
            entries_.advance(std::move(now->entries));
            generation_ = now->generation;
        }
        co_return result<void>();
    }

private:
    class version {
    public:
        explicit version(map_type entries_, std::uint64_t generation_) noexcept
            : entries(std::move(entries_)), generation(generation_) {}
        map_type entries;
        std::uint64_t generation;
    };

    registry_type& of_;
    shard& home_;
    detail::indexed_map<K, V, Hash> entries_;
    std::uint64_t generation_ = 0;
};

}  // namespace weir
