// SPDX-License-Identifier: Apache-2.0
#include "load_result.hpp"

#include <weir/io/runtime.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

namespace {

using weir::metrics::histogram;
using weir::metrics::slo;
using weir::metrics::slo_level;

constexpr double ns_a_ms = 1e6;
constexpr double mebibyte = 1 << 20;

// What a real-time service is held to; each good / still acceptable / critical.
constexpr slo connection_ms(200, 500, 1000);
constexpr slo event_latency_ms(100, 250, 500);
constexpr slo events_a_second(10'000, 5'000, 1'000);
constexpr slo memory_mib(1024, 2048, 3072);
constexpr slo processor_percent(70, 85, 90);
constexpr slo open_connections(1000, 500, 200);

double in_ms(std::uint64_t ns) { return static_cast<double>(ns) / ns_a_ms; }

/// A run that was told to make less load than the target asks for says nothing about the target.
bool is_judged(double asked_for, const slo& target) {
    return asked_for <= 0 || asked_for >= target.good();
}

std::string grouped(double value) {
    std::string text = fmt::format("{:.0f}", value);
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    for (std::size_t at = text.size(); at > 3 + sign;) text.insert(at -= 3, ",");
    return text;
}

std::string table_row(std::string_view name, const histogram& of) {
    if (of.count() == 0) return {};
    std::string row = fmt::format("  {:<13}", name);
    const auto add = [&row](double value) { row += fmt::format("{:>10.3f}", value); };
    add(in_ms(of.min()));
    add(of.mean() / ns_a_ms);
    for (const double part : {0.5, 0.95, 0.99, 0.999}) add(in_ms(of.quantile(part)));
    add(in_ms(of.max()));
    return row + '\n';
}

std::string json_of(const histogram& of) {
    return fmt::format(
        R"({{"count":{},"min":{},"mean":{},"p50":{},"p95":{},"p99":{},"p99_9":{},"max":{}}})",
        of.count(), in_ms(of.min()), of.mean() / ns_a_ms, in_ms(of.quantile(0.5)),
        in_ms(of.quantile(0.95)), in_ms(of.quantile(0.99)), in_ms(of.quantile(0.999)),
        in_ms(of.max()));
}

/// URLs and room names hold no control characters here; these two are what JSON minds.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

double load_result::throughput() const noexcept {
    return seconds() > 0 ? static_cast<double>(received_in_window) / seconds() : 0;
}

std::vector<judged_target> load_result::judge() const {
    std::vector<judged_target> all;
    if (counts.connect.count() > 0) {
        all.emplace_back("connection time p95", "ms", connection_ms,
                         in_ms(counts.connect.quantile(0.95)));
    }
    if (counts.latency.count() > 0) {
        all.emplace_back("event latency p95", "ms", event_latency_ms,
                         in_ms(counts.latency.quantile(0.95)));
    }
    if (counts.latency.count() > 0 && is_judged(options.rate, events_a_second)) {
        all.emplace_back("events a second", "", events_a_second, throughput());
    }
    if (server_bytes) {
        all.emplace_back("server memory", "MiB", memory_mib,
                         static_cast<double>(*server_bytes) / mebibyte);
    }
    if (server_processors) {
        all.emplace_back("server CPU", "% of all", processor_percent,
                         *server_processors * 100 / weir::usable_processors());
    }
    if (is_judged(static_cast<double>(options.connections), open_connections)) {
        all.emplace_back("connections held", "", open_connections,
                         static_cast<double>(counts.opened.value()));
    }
    return all;
}

slo_level load_result::verdict() const {
    slo_level worst = slo_level::good;
    for (const auto& each : judge()) worst = std::max(worst, each.level());
    return worst;
}

bool load_result::succeeded() const noexcept {
    if (counts.opened.value() == 0) return false;
    if (options.mode == load_mode::connect) return counts.opened.value() == options.connections;
    return counts.received.value() > 0 && counts.count(trouble::wrong_answer) == 0;
}

std::string load_result::table() const {
    std::string text;
    const auto line = [&text](const std::string& content) { text += "  " + content + '\n'; };
    const auto opened = static_cast<double>(counts.opened.value());
    line(fmt::format("connections  {} of {} open after {:.2f} s, {} a second", grouped(opened),
                     options.connections, opening.count(),
                     grouped(opening.count() > 0 ? opened / opening.count() : 0)));
    if (options.mode != load_mode::connect) {
        if (options.mode == load_mode::fanout) {
            line(fmt::format("published    {}", grouped(static_cast<double>(counts.sent.value()))));
        }
        line(fmt::format("{}  {} in {:.2f} s: {} a second, {:.1f} MB/s",
                         options.mode == load_mode::fanout ? "delivered  " : "answered   ",
                         grouped(static_cast<double>(counts.received.value())), seconds(),
                         grouped(throughput()),
                         throughput() * static_cast<double>(options.size) / 1e6));
    }
    if (server_bytes) {
        line(fmt::format(
            "server       {:.1f} MiB resident{}", static_cast<double>(*server_bytes) / mebibyte,
            server_processors ? fmt::format(", {:.2f} processors busy", *server_processors)
                              : std::string()));
    }
    std::string errors = fmt::format("errors       {}", counts.errors());
    for (std::size_t i = 0; i < trouble_names.size(); ++i) {
        const auto times = counts.troubles.at(i).value();
        if (times > 0) errors += fmt::format("  {} {}", trouble_names.at(i), times);
    }
    if (first_error) errors += fmt::format("  (first: {})", first_error.message());
    line(errors);
    text += fmt::format("\n  {:<13}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "ms", "min",
                        "mean", "p50", "p95", "p99", "p99.9", "max");
    text += table_row("connect", counts.connect);
    text += table_row(options.mode == load_mode::fanout ? "delivery" : "latency", counts.latency);
    text += "\n  target                       measured     good  accept. critical\n";
    for (const auto& each : judge()) {
        text += fmt::format(
            "  {:<22} {:>14} {:>8} {:>8} {:>8}   {}\n", fmt::format("{} {}", each.name, each.unit),
            fmt::format("{:.{}f}", each.value, each.value < 100 ? 2 : 0), each.target.good(),
            each.target.warn(), each.target.critical(), to_string(each.level()));
    }
    return text;
}

std::string load_result::json() const {
    std::string out = fmt::format(
        R"({{"url":{},"mode":"{}","connections":{},"publishers":{},"size":{},"depth":{},"rate":{},)"
        R"("shards":{},"opened":{},"opening_s":{},"window_s":{},"sent":{},"received":{},)"
        R"("a_second":{},"connect_ms":{},"latency_ms":{},"errors":{{)",
        quoted(options.url), options.mode_name(), options.connections, options.publishers,
        options.size, options.depth, options.rate, options.shards, counts.opened.value(),
        opening.count(), seconds(), counts.sent.value(), counts.received.value(), throughput(),
        json_of(counts.connect), json_of(counts.latency));
    for (std::size_t i = 0; i < trouble_names.size(); ++i) {
        out += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", trouble_names.at(i),
                           counts.troubles.at(i).value());
    }
    out += '}';
    if (server_bytes) out += fmt::format(R"(,"server_bytes":{})", *server_bytes);
    if (server_processors) out += fmt::format(R"(,"server_processors":{})", *server_processors);
    out += R"(,"targets":[)";
    const char* separator = "";
    for (const auto& each : judge()) {
        out += fmt::format(R"({}{{"name":"{}","unit":"{}","value":{},"level":"{}"}})",
                           std::exchange(separator, ","), each.name, each.unit, each.value,
                           to_string(each.level()));
    }
    return out + fmt::format(R"(],"verdict":"{}"}})", to_string(verdict())) + '\n';
}

void progress_printer::print(std::chrono::duration<double> elapsed, std::string_view phase,
                             const shard_measurements& counts) {
    const double span = std::max((elapsed - at_).count(), 1e-9);
    const auto rate = [span](std::uint64_t now, std::uint64_t before) {
        return grouped(static_cast<double>(now - before) / span);
    };
    fmt::print("  {:>5.1f} s  {:<8} {:>7} open {:>8}/s  {:>10} msg/s", elapsed.count(), phase,
               counts.opened.value(), rate(counts.opened.value(), opened_),
               rate(counts.received.value(), received_));
    if (counts.latency.count() > 0) {
        fmt::print("  p50 {:.3f} ms  p99 {:.3f} ms", in_ms(counts.latency.quantile(0.5)),
                   in_ms(counts.latency.quantile(0.99)));
    }
    fmt::print("  {} errors\n", counts.errors());
    std::fflush(stdout);
    received_ = counts.received.value();
    opened_ = counts.opened.value();
    at_ = elapsed;
}
