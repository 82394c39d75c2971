// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/otlp_recorder.hpp>

#include <weir/base/assert.hpp>
#include <weir/io/reactor.hpp>
#include <weir/json/quoted.hpp>

#include "cut.hpp"
#include "json_text.hpp"
#include "otlp_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <new>
#include <utility>

namespace weir::trace {

namespace {

constexpr otlp_levels span_levels("resourceSpans", "scopeSpans", "spans");
constexpr otlp_levels log_levels("resourceLogs", "scopeLogs", "logRecords");
constexpr otlp_levels metric_levels("resourceMetrics", "scopeMetrics", "metrics");

// Enumerators of opentelemetry-proto.
constexpr int kind_internal = 1;
constexpr int status_error = 2;
constexpr int cumulative = 2;

/// Everything before the data points of a metric, and after them.
std::pair<std::string_view, std::string> frame_of(metric_kind kind) {
    const std::string temporality = fmt::format(R"(],"aggregationTemporality":{})", cumulative);
    switch (kind) {
        case metric_kind::counter:
            return {R"("sum":{"dataPoints":[)", temporality + R"(,"isMonotonic":true})"};
        case metric_kind::histogram:
            return {R"("histogram":{"dataPoints":[)", temporality + '}'};
        case metric_kind::gauge:
            break;
    }
    return {R"("gauge":{"dataPoints":[)", "]}"};
}

/// `"traceId":"...","spanId":"...","flags":1` or nothing, for what is in no trace.
std::string ids_of(const span_context& of) {
    if (!of.is_valid()) return {};
    return fmt::format(R"("traceId":"{}","spanId":"{}","flags":{})", of.trace().to_string(),
                       of.span().to_string(), of.is_sampled() ? 1 : 0);
}

}  // namespace

/// What is known of a span that has not ended.
class otlp_recorder::open_span {
public:
    /// @param begun  nanoseconds since 1970.
    explicit open_span(const span_start& start, std::uint64_t begun, std::size_t max_text_bytes)
        : head(ids_of(*start.place.in)) {
        if (start.parent.is_valid()) {
            head += fmt::format(R"(,"parentSpanId":"{}")", start.parent.to_string());
        }
        head += fmt::format(R"(,"name":{},"kind":{},"startTimeUnixNano":"{}")",
                            json::quoted(cut(start.place.path->name(), max_text_bytes)),
                            kind_internal, begun);
    }

    std::string head;
    std::vector<std::pair<std::string, std::string>> attributes;  // name, key_value
    std::vector<std::string> events;
    std::size_t attributes_dropped = 0;
    std::size_t events_dropped = 0;
};

/// The series of one name.
class otlp_recorder::metric_series {
public:
    explicit metric_series(std::string_view of) : unit(of) {}
    std::string unit;
    std::map<std::string, otlp_series> series;  // by their attributes
};

otlp_recorder::otlp_recorder(const otlp_options& options,
                             std::chrono::system_clock::time_point wall, time_point now)
    : options_(options),
      resource_(resource_of(options.service_name)),
      wall_(wall.time_since_epoch()),
      began_(now) {
    WEIR_ASSERT(options.max_batch > 0, "a message has room for one or more");
}

otlp_recorder::otlp_recorder(const otlp_options& options)
    : otlp_recorder(options, std::chrono::system_clock::now(), reactor::current().now()) {}

otlp_recorder::~otlp_recorder() = default;

std::uint64_t otlp_recorder::unix_nanos(time_point at) const noexcept {
    return static_cast<std::uint64_t>((wall_ + (at - began_)).count());
}

std::string otlp_recorder::objects_of(std::span<const attribute> all) const {
    std::vector<std::string> objects;
    objects.reserve(all.size());
    for (const attribute& each : all) objects.push_back(key_value(each, options_.max_text_bytes));
    return joined(objects);
}

// ---- spans

void otlp_recorder::begin(const span_start& start) {
    if (open_.size() >= options_.max_spans) {
        ++dropped_spans_;
        return;
    }
    auto begun =
        std::make_unique<open_span>(start, unix_nanos(start.place.at), options_.max_text_bytes);
    add_attributes(*begun, start.attributes);
    open_.emplace(start.place.in->span().number(), std::move(begun));
}

void otlp_recorder::add_attributes(open_span& to, std::span<const attribute> added) {
    for (const attribute& each : added) {
        const auto same =
            std::find_if(to.attributes.begin(), to.attributes.end(),
                         [&](const auto& known) { return known.first == each.name(); });
        std::string object = key_value(each, options_.max_text_bytes);
        if (same != to.attributes.end()) {
            same->second = std::move(object);
        } else if (to.attributes.size() < options_.max_events) {
            to.attributes.emplace_back(each.name(), std::move(object));
        } else {
            ++to.attributes_dropped;
        }
    }
}

void otlp_recorder::add_event(open_span& to, const record_place& at, std::string_view name,
                              std::span<const attribute> with) {
    if (to.events.size() >= options_.max_events) {
        ++to.events_dropped;
        return;
    }
    to.events.push_back(
        fmt::format(R"({{"timeUnixNano":"{}","name":{},"attributes":[{}]}})", unix_nanos(at.at),
                    json::quoted(cut(name, options_.max_text_bytes)), objects_of(with)));
}

void otlp_recorder::end(open_span& ended, const record_place& at, const span_outcome& outcome) {
    // A stop is nobody's error, but whoever looks at the trace wants to know of it.
    const std::array stopped{attribute("weir.stopped", true)};
    if (outcome.kind() == outcome_kind::stopped) add_attributes(ended, stopped);
    const std::string message = outcome.message();
    const std::string status =
        message.empty() ? std::string()
                        : fmt::format(R"("code":{},"message":{})", status_error,
                                      json::quoted(cut(message, options_.max_text_bytes)));
    std::vector<std::string> attributes;
    for (auto& [unused, object] : ended.attributes) attributes.push_back(std::move(object));
    push(spans_, options_.max_spans, dropped_spans_,
         fmt::format(R"({{{},"endTimeUnixNano":"{}","attributes":[{}],"droppedAttributesCount":{},)"
                     R"("events":[{}],"droppedEventsCount":{},"status":{{{}}}}})",
                     ended.head, unix_nanos(at.at), joined(attributes), ended.attributes_dropped,
                     joined(ended.events), ended.events_dropped, status));
}

// ---- logs and metrics

void otlp_recorder::add_log(const record_place& at, log_level level, std::string_view text,
                            std::span<const attribute> with) {
    const std::string ids = ids_of(*at.in);
    push(logs_, options_.max_logs, dropped_logs_,
         fmt::format(
             R"({{"timeUnixNano":"{0}","observedTimeUnixNano":"{0}","severityNumber":{1},)"
             R"("severityText":"{2}","body":{{"stringValue":{3}}},"attributes":[{4}]{5}{6}}})",
             unix_nanos(at.at), static_cast<int>(level), name_of(level),
             json::quoted(cut(text, options_.max_text_bytes)), objects_of(with),
             ids.empty() ? "" : ",", ids));
}

void otlp_recorder::measure(const class metric& value, std::span<const attribute> with) {
    const metric_key key(cut(value.name(), options_.max_text_bytes), value.kind());
    std::string attributes = objects_of(with);
    auto of = metrics_.find(key);
    const bool is_known = of != metrics_.end() && of->second->series.contains(attributes);
    if (!is_known && series_ >= options_.max_series) {
        ++dropped_measurements_;
        return;
    }
    if (of == metrics_.end()) {
        of = metrics_.emplace(key, std::make_unique<metric_series>(value.unit())).first;
    }
    const auto place = of->second->series.try_emplace(attributes, value, attributes).first;
    if (!is_known) ++series_;
    place->second.add(value.value());
}

// ---- what goes out

void otlp_recorder::push(queue& to, std::size_t most, std::uint64_t& dropped, std::string object) {
    if (to.size() >= most || object.size() > options_.max_bytes - bytes_) {
        ++dropped;
        return;
    }
    const std::size_t size = object.size();
    to.push_back(std::move(object));
    bytes_ += size;
    if (to.size() == options_.max_batch && on_full_) on_full_();
}

std::vector<std::string> otlp_recorder::take_batch(queue& from) {
    const auto last =
        from.begin() + static_cast<std::ptrdiff_t>(std::min(from.size(), options_.max_batch));
    std::vector<std::string> batch(std::move_iterator(from.begin()), std::move_iterator(last));
    from.erase(from.begin(), last);
    for (const std::string& each : batch) bytes_ -= each.size();
    return batch;
}

std::optional<otlp_message> otlp_recorder::take_spans() {
    if (spans_.empty()) return std::nullopt;
    const auto batch = take_batch(spans_);
    return otlp_message(traces_path, message_of(span_levels, resource_, joined(batch)),
                        batch.size());
}

std::optional<otlp_message> otlp_recorder::take_logs() {
    if (logs_.empty()) return std::nullopt;
    const auto batch = take_batch(logs_);
    return otlp_message(logs_path, message_of(log_levels, resource_, joined(batch)), batch.size());
}

std::optional<otlp_message> otlp_recorder::metrics(time_point now) const {
    if (metrics_.empty()) return std::nullopt;
    std::vector<std::string> objects;
    for (const auto& [key, of] : metrics_) {
        std::vector<std::string> points;
        for (const auto& [unused, series] : of->series) {
            points.push_back(series.to_json(unix_nanos(began_), unix_nanos(now)));
        }
        const auto [before, after] = frame_of(key.second);
        objects.push_back(fmt::format(R"({{"name":{},"unit":{},{}{}{}}})", json::quoted(key.first),
                                      json::quoted(of->unit), before, joined(points), after));
    }
    return otlp_message(metrics_path, message_of(metric_levels, resource_, joined(objects)),
                        series_);
}

// ---- what it is told. What there is no memory for is dropped.

void otlp_recorder::span_began(const span_start& start) noexcept {
    try {
        begin(start);
    } catch (const std::bad_alloc&) {
        ++dropped_spans_;
    }
}

void otlp_recorder::span_ended(const record_place& at, const span_outcome& outcome) noexcept {
    const auto place = open_.find(at.in->span().number());
    if (place == open_.end()) return;
    try {
        end(*place->second, at, outcome);
    } catch (const std::bad_alloc&) {
        ++dropped_spans_;
    }
    open_.erase(place);
}

void otlp_recorder::event(const record_place& at, std::string_view name,
                          std::span<const attribute> with) noexcept {
    try {
        const auto place = open_.find(at.in->span().number());
        if (at.is_outside) {
            add_log(at, log_level::info, name, with);
        } else if (place != open_.end()) {
            add_event(*place->second, at, name, with);
        }
    } catch (const std::bad_alloc&) {
        ++dropped_logs_;
    }
}

void otlp_recorder::attributes(const record_place& at, std::span<const attribute> added) noexcept {
    try {
        const auto place = open_.find(at.in->span().number());
        if (!at.is_outside && place != open_.end()) add_attributes(*place->second, added);
    } catch (const std::bad_alloc&) {
        return;
    }
}

void otlp_recorder::metric(const record_place&, const class metric& measured,
                           std::span<const attribute> with) noexcept {
    try {
        measure(measured, with);
    } catch (const std::bad_alloc&) {
        ++dropped_measurements_;
    }
}

void otlp_recorder::log(const record_place& at, log_level level, std::string_view text,
                        std::span<const attribute> with) noexcept {
    try {
        add_log(at, level, text, with);
    } catch (const std::bad_alloc&) {
        ++dropped_logs_;
    }
}

}  // namespace weir::trace
