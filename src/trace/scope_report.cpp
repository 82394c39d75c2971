// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/scope_report.hpp>

#include <weir/base/assert.hpp>

#include "cut.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <new>
#include <optional>
#include <utility>

namespace weir::trace {

namespace {

using time_point = record_place::time_point;

/// Three digits, in the unit that suits.
std::string in_words(std::chrono::nanoseconds time) {
    const auto ns = static_cast<double>(time.count());
    if (ns < 1e3) return fmt::format("{} ns", time.count());
    if (ns < 1e6) return fmt::format("{:.3g} us", ns / 1e3);
    if (ns < 999.5e6) return fmt::format("{:.3g} ms", ns / 1e6);
    return ns < 999.5e9 ? fmt::format("{:.3g} s", ns / 1e9) : fmt::format("{:.0f} s", ns / 1e9);
}

/// All measurements of one name in one scope.
class measurements {
public:
    explicit measurements(metric_kind kind, std::string label, std::string unit)
        : kind_(kind), label_(std::move(label)), unit_(std::move(unit)) {}

    [[nodiscard]] const std::string& label() const noexcept { return label_; }
    void add(double value) noexcept {
        least_ = count_ == 0 ? value : std::min(least_, value);
        most_ = count_ == 0 ? value : std::max(most_, value);
        ++count_;
        sum_ += value;
        last_ = value;
    }
    [[nodiscard]] std::string to_string() const {
        if (kind_ == metric_kind::counter) return fmt::format("{} {}", label_, sum_);
        if (kind_ == metric_kind::gauge) return fmt::format("{} = {}", label_, last_);
        const double mean = sum_ / static_cast<double>(count_);
        return fmt::format("{} {} x {:.3g}{} ({:.3g} ... {:.3g})", label_, count_, mean,
                           unit_.empty() ? unit_ : ' ' + unit_, least_, most_);
    }

private:
    metric_kind kind_;
    std::string label_;
    std::string unit_;
    std::uint64_t count_ = 0;
    double sum_ = 0;
    double least_ = 0;
    double most_ = 0;
    double last_ = 0;
};

}  // namespace

class scope_report::node {
public:
    explicit node(std::uint64_t span, std::string called, time_point at)
        : number(span), name(std::move(called)), begun(at) {}

    class entry {
    public:
        explicit entry(time_point when, std::string said) : at(when), text(std::move(said)) {}
        time_point at;
        std::string text;
    };

    [[nodiscard]] bool is_empty() const noexcept { return entries.empty() && measured.empty(); }
    [[nodiscard]] std::size_t own_entries() const noexcept {
        return entries.size() + measured.size() + attributes.size();
    }
    void write(std::string& out, const std::string& indent, std::optional<time_point> now) const;
    void write_entries(std::string& out, const std::string& indent) const;

    std::uint64_t number;
    std::string name;
    time_point begun;
    std::optional<time_point> ended;
    std::string outcome;
    std::vector<std::pair<std::string, std::string>> attributes;  // name, `name=value`
    std::vector<entry> entries;
    std::vector<measurements> measured;
    std::vector<std::unique_ptr<node>> inner;

private:
    [[nodiscard]] std::string heading(std::optional<time_point> now) const;
};

std::string scope_report::node::heading(std::optional<time_point> now) const {
    std::string text = name;
    if (ended) {
        text += fmt::format(" {} {}", in_words(*ended - begun), outcome);
    } else {
        text += now ? fmt::format(" runs for {}", in_words(*now - begun)) : " runs";
    }
    const char* before = " {";
    for (const auto& [unused, shown] : attributes) text += std::exchange(before, ", ") + shown;
    return attributes.empty() ? text : text + '}';
}

void scope_report::node::write_entries(std::string& out, const std::string& indent) const {
    for (const entry& each : entries) {
        out += fmt::format("{}+{} {}\n", indent, in_words(each.at - begun), each.text);
    }
    for (const measurements& each : measured) out += indent + each.to_string() + '\n';
}

void scope_report::node::write(std::string& out, const std::string& indent,
                               std::optional<time_point> now) const {
    out += indent + heading(now) + '\n';
    const std::string further = indent + "  ";
    write_entries(out, further);
    for (const auto& each : inner) each->write(out, further, now);
}

scope_report::scope_report() : scope_report(report_options()) {}

scope_report::scope_report(const report_options& options, sink_function on_end)
    : options_(options), on_end_(std::move(on_end)) {
    WEIR_ASSERT(options.max_scopes > 0, "a report keeps at least one scope");
}

scope_report::~scope_report() = default;

std::string scope_report::to_text() const {
    std::string text;
    for (const auto& each : outermost_) each->write(text, "", std::nullopt);
    if (outside_) outside_->write_entries(text, "");
    return text + left_out();
}

std::string scope_report::to_text(record_place::time_point now) const {
    std::string text;
    for (const auto& each : outermost_) each->write(text, "", now);
    if (outside_) outside_->write_entries(text, "");
    return text + left_out();
}

std::string scope_report::left_out() const {
    if (scopes_left_out_ == 0 && entries_left_out_ == 0) return {};
    return fmt::format("left out: {} scopes, {} entries\n", scopes_left_out_, entries_left_out_);
}

std::string scope_report::cut(std::string_view text) const {
    const std::string_view kept = trace::cut(text, options_.max_text_bytes);
    return kept.size() == text.size() ? std::string(text) : std::string(kept) + "...";
}

bool scope_report::has_room() noexcept {
    const bool has = entries_ < options_.max_entries;
    ++(has ? entries_ : entries_left_out_);
    return has;
}

/// Null = the scope was left out, and so is what happens in it.
scope_report::node* scope_report::found(const record_place& at) noexcept {
    if (!at.is_outside) {
        const auto place = open_.find(at.in->span().number());
        return place == open_.end() ? nullptr : place->second;
    }
    if (!outside_) outside_ = std::make_unique<node>(0, std::string(), at.at);
    return outside_.get();
}

void scope_report::begin(const span_start& start) {
    node* around = nullptr;
    if (!start.is_outermost) {
        const auto found = open_.find(start.parent.number());
        if (found != open_.end()) around = found->second;
    }
    if (scopes_ >= options_.max_scopes || (around == nullptr && !start.is_outermost)) {
        ++scopes_left_out_;
        return;
    }
    auto made = std::make_unique<node>(start.place.in->span().number(),
                                       cut(start.place.path->name()), start.place.at);
    set(*made, start.attributes);
    const auto place = open_.emplace(made->number, made.get()).first;
    try {
        (around == nullptr ? outermost_ : around->inner).push_back(std::move(made));
    } catch (...) {
        open_.erase(place);
        throw;
    }
    ++scopes_;
}

void scope_report::set(node& of, std::span<const attribute> added) {
    for (const attribute& each : added) {
        const auto same =
            std::find_if(of.attributes.begin(), of.attributes.end(),
                         [&](const auto& known) { return known.first == cut(each.name()); });
        std::string shown = cut(each.to_string());
        if (same != of.attributes.end()) {
            same->second = std::move(shown);
        } else if (has_room()) {
            of.attributes.emplace_back(cut(each.name()), std::move(shown));
        }
    }
}

void scope_report::add(node& to, const class metric& measured, std::span<const attribute> with) {
    std::string label = cut(std::string(measured.name()) + to_string(with));
    auto same = std::find_if(to.measured.begin(), to.measured.end(),
                             [&](const measurements& known) { return known.label() == label; });
    if (same == to.measured.end()) {
        if (!has_room()) return;
        to.measured.emplace_back(measured.kind(), std::move(label), cut(measured.unit()));
        same = std::prev(to.measured.end());
    }
    same->add(measured.value());
}

void scope_report::note(const record_place& at, std::string_view prefix, std::string_view text,
                        std::span<const attribute> with) {
    node* in = found(at);
    if (in == nullptr) {
        ++entries_left_out_;
        return;
    }
    if (!has_room()) return;
    std::string line = std::string(prefix) + cut(text);
    if (!with.empty()) line += ' ' + cut(to_string(with));
    in->entries.emplace_back(at.at, std::move(line));
}

/// Takes a scope and those in it off the books. Some may run still: a context can be carried
/// elsewhere and outlive its span.
void scope_report::forget(const node& told) noexcept {
    --scopes_;
    entries_ -= told.own_entries();
    open_.erase(told.number);
    for (const auto& each : told.inner) forget(*each);
}

void scope_report::end(node& ended, const record_place& at, const span_outcome& outcome) {
    ended.ended = at.at;
    ended.outcome = cut(outcome.to_string());
    if (!on_end_) return;
    const auto whole = std::find_if(outermost_.begin(), outermost_.end(),
                                    [&ended](const auto& each) { return each.get() == &ended; });
    if (whole == outermost_.end()) return;
    std::string text;
    ended.write(text, "", std::nullopt);
    if (outside_) {
        outside_->write_entries(text, "");
        entries_ -= outside_->own_entries();
        outside_.reset();
    }
    text += left_out();
    forget(ended);
    outermost_.erase(whole);
    scopes_left_out_ = 0;
    entries_left_out_ = 0;
    on_end_(text);
}

// What there is no memory for is left out.

void scope_report::span_began(const span_start& start) noexcept {
    try {
        begin(start);
    } catch (const std::bad_alloc&) {
        ++scopes_left_out_;
    }
}

void scope_report::span_ended(const record_place& end_, const span_outcome& outcome) noexcept {
    const auto place = open_.find(end_.in->span().number());
    if (place == open_.end()) return;
    node& ended = *place->second;
    open_.erase(place);
    try {
        end(ended, end_, outcome);
    } catch (const std::bad_alloc&) {
        ++entries_left_out_;
    }
}

void scope_report::event(const record_place& at, std::string_view name,
                         std::span<const attribute> with) noexcept {
    try {
        note(at, "", name, with);
    } catch (const std::bad_alloc&) {
        ++entries_left_out_;
    }
}

void scope_report::attributes(const record_place& at, std::span<const attribute> added) noexcept {
    try {
        node* of = at.is_outside ? nullptr : found(at);
        if (of != nullptr) set(*of, added);
    } catch (const std::bad_alloc&) {
        ++entries_left_out_;
    }
}

void scope_report::metric(const record_place& at, const class metric& measured,
                          std::span<const attribute> with) noexcept {
    try {
        node* to = found(at);
        if (to != nullptr) return add(*to, measured, with);
        ++entries_left_out_;
    } catch (const std::bad_alloc&) {
        ++entries_left_out_;
    }
}

void scope_report::log(const record_place& at, log_level level, std::string_view text,
                       std::span<const attribute> with) noexcept {
    try {
        note(at, std::string(name_of(level)) + ' ', text, with);
    } catch (const std::bad_alloc&) {
        ++entries_left_out_;
    }
}

}  // namespace weir::trace
