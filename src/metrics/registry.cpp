// SPDX-License-Identifier: Apache-2.0
#include <weir/metrics/registry.hpp>

#include <utility>

namespace weir::metrics {

namespace {

constexpr double nano = 1e-9;

}  // namespace

sharded<counter>& registry::add_counter(description what) {
    auto& added = entries_.emplace_back(std::move(what), sharded<counter>(shards_));
    return std::get<sharded<counter>>(added.from);
}

sharded<gauge>& registry::add_gauge(description what) {
    auto& added = entries_.emplace_back(std::move(what), sharded<gauge>(shards_));
    return std::get<sharded<gauge>>(added.from);
}

sharded<histogram>& registry::add_latency(description what, std::vector<double> bounds) {
    auto& added = entries_.emplace_back(std::move(what), latency(shards_, std::move(bounds)));
    return std::get<latency>(added.from).values;
}

void registry::add_reading(description what, std::string type, std::function<double()> read) {
    entries_.emplace_back(std::move(what), reading(std::move(type), std::move(read)));
}

std::string_view registry::type_of(const source& from) noexcept {
    if (std::holds_alternative<sharded<counter>>(from)) return "counter";
    if (std::holds_alternative<sharded<gauge>>(from)) return "gauge";
    if (const auto* values = std::get_if<latency>(&from)) {
        return values->bounds.empty() ? "summary" : "histogram";
    }
    return std::get<reading>(from).type;
}

void registry::write(text_writer& out, const description& what, const source& from) {
    if (const auto* counted = std::get_if<sharded<counter>>(&from)) {
        out.sample(what.name, what.labels, counted->total());
    } else if (const auto* gauged = std::get_if<sharded<gauge>>(&from)) {
        out.sample(what.name, what.labels, gauged->total());
    } else if (const auto* read = std::get_if<reading>(&from)) {
        out.sample(what.name, what.labels, read->read());
    } else {
        const auto& timed = std::get<latency>(from);
        const histogram all = timed.values.merged();
        if (timed.bounds.empty()) {
            out.summary(what.name, what.labels, all, nano);
        } else {
            out.buckets(what.name, what.labels, all, nano, timed.bounds);
        }
    }
}

std::string registry::text() const {
    text_writer out;
    const std::string* family = nullptr;
    for (const entry& each : entries_) {
        if (family == nullptr || *family != each.what.name) {
            out.family(each.what.name, type_of(each.from), each.what.help);
            family = &each.what.name;
        }
        write(out, each.what, each.from);
    }
    return out.take();
}

}  // namespace weir::metrics
