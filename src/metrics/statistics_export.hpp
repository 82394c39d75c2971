// SPDX-License-Identifier: Apache-2.0
// statistics_export: shows in a registry what the shards count in classes of counters. They are
// read when the text is made, and nothing is added where they count.
#pragma once

#include <weir/metrics/registry.hpp>
#include <weir/metrics/text_format.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace weir::metrics {

/// One `Statistics` a shard, that lives as long as the registry in which its numbers are shown.
/// Needed only while they are added.
template <class Statistics>
class statistics_export {
public:
    /// @param labels  of `label`, joined by commas, for all of them; empty = none.
    explicit statistics_export(registry& shown_in, std::string_view labels)
        : registry_(shown_in),
          labels_(labels),
          counted_(std::make_shared<sharded<Statistics>>(shown_in.shard_count())) {}

    [[nodiscard]] sharded<Statistics>& counted() const noexcept { return *counted_; }

    /// A counter: the sum of what `number_of` gives for each shard.
    /// @param own_labels  as `labels`; tell those of one name apart.
    template <class F>
    void add(std::string_view name, std::string_view help, F number_of,
             std::string_view own_labels = {}) {
        registry_.add_count(described(name, help, own_labels),
                            [counted = counted_, number_of] { return counted->sum(number_of); });
    }
    /// The same of a member.
    void add(std::string_view name, std::string_view help, counter Statistics::* member) {
        add(name, help, [member](const Statistics& one) { return (one.*member).value(); });
    }
    /// A counter for each of the errors 1 ... `count`, told apart by their names.
    /// @param number_of  called with a `Statistics` and an `Error`.
    template <class Error, class F>
    void add_each(std::string_view name, std::string_view help, std::size_t count, F number_of,
                  std::string_view own_labels = {}) {
        for (std::size_t i = 1; i <= count; ++i) {
            const auto why = static_cast<Error>(i);
            add(
                name, help, [number_of, why](const Statistics& one) { return number_of(one, why); },
                joined(own_labels, label("reason", name_of(why))));
        }
    }

private:
    [[nodiscard]] static std::string joined(std::string_view some, std::string_view others) {
        std::string all(some);
        if (!some.empty() && !others.empty()) all += ',';
        return all.append(others);
    }
    [[nodiscard]] description described(std::string_view name, std::string_view help,
                                        std::string_view own_labels) const {
        return description(std::string(name), std::string(help), joined(labels_, own_labels));
    }

    registry& registry_;
    std::string labels_;
    std::shared_ptr<sharded<Statistics>> counted_;
};

}  // namespace weir::metrics
