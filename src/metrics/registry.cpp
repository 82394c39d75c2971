// SPDX-License-Identifier: Apache-2.0
#include <weir/metrics/registry.hpp>

#include <algorithm>
#include <utility>

namespace weir::metrics {

namespace {

constexpr double nano = 1e-9;

}  // namespace

registry::source& registry::add(description&& what, source&& from) {
    const auto has_name = [&what](const entry& each) { return each.what.name == what.name; };
    const auto last = std::find_if(entries_.rbegin(), entries_.rend(), has_name);
    const auto behind = last == entries_.rend() ? entries_.end() : last.base();
    return entries_.emplace(behind, std::move(what), std::move(from))->from;
}

sharded<counter>& registry::add_counter(description what) {
    return std::get<sharded<counter>>(add(std::move(what), sharded<counter>(shards_)));
}

sharded<gauge>& registry::add_gauge(description what) {
    return std::get<sharded<gauge>>(add(std::move(what), sharded<gauge>(shards_)));
}

sharded<histogram>& registry::add_latency(description what, std::vector<double> bounds) {
    return std::get<latency>(add(std::move(what), latency(shards_, std::move(bounds)))).values;
}

void registry::add_reading(description what, std::string type, std::function<double()> read) {
    add(std::move(what), reading(std::move(type), std::move(read)));
}

void registry::add_count(description what, std::function<std::uint64_t()> read) {
    add(std::move(what), std::move(read));
}

std::string_view registry::type_of(const source& from) noexcept {
    if (std::holds_alternative<sharded<counter>>(from)) return "counter";
    if (std::holds_alternative<count>(from)) return "counter";
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
    } else if (const auto* counting = std::get_if<count>(&from)) {
        out.sample(what.name, what.labels, (*counting)());
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
