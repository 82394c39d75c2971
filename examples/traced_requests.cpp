// SPDX-License-Identifier: Apache-2.0
// A request that came with a trace of its own is answered with the help of another shard. What
// happens on the way is recorded through the context: nobody passes a tracer or a logger on. At the
// end there is a report for people; an otlp_exporter beside it would tell a collector the same.
#include <weir/coro/context.hpp>
#include <weir/coro/context_view.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/sleep.hpp>
#include <weir/trace/recording.hpp>
#include <weir/trace/scope_report.hpp>
#include <weir/trace/span.hpp>
#include <weir/trace/traceparent.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
namespace trace = weir::trace;

namespace {

constexpr std::string_view header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Runs on another shard, where it continues the trace: this is what it would send to a service.
weir::task<std::string> outgoing_header() {
    co_return trace::format_traceparent(co_await weir::context<trace::span_context>());
}
weir::task<std::string> ask_service(weir::shard& other) {
    const auto here = co_await weir::this_context<trace::span_context>();
    auto call = other.run(weir::carrying(here, &outgoing_header));
    const weir::result<std::string> sent = co_await call;
    co_return sent.value_or("");
}
weir::task<weir::result<int>> load(int user) {
    co_await trace::record_event("cache miss", trace::attribute("user", user));
    static_cast<void>(co_await weir::sleep_for(20ms));
    co_await trace::record_metric(trace::metric::counter("rows", 3));
    co_return weir::fail(std::errc::connection_refused);
}
weir::task<std::string> answer(weir::shard& other) {
    auto [loaded, sent] = co_await weir::when_all(trace::span("load", load(7)),
                                                  trace::span("ask", ask_service(other)));
    if (!loaded) co_await trace::record_log(trace::log_level::warning, "answered without the rows");
    co_return sent;
}

}  // namespace

int main() {
    weir::runtime_options options;
    options.shards = 2;
    weir::runtime runtime(options);
    trace::scope_report report;
    std::string sent;
    auto run = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        const auto from = trace::parse_traceparent(header);
        sent = co_await weir::with_value(
            from.value_or(trace::span_context()),
            trace::observe(report, trace::span("request", answer(here.sibling(1)))));
    };
    const bool is_done = runtime.run(run).has_value();
    const std::string text = report.to_text();
    std::printf("received %s\nsent     %s\n\n%s", header.data(), sent.c_str(), text.c_str());
    const bool is_same_trace = sent.size() == header.size() && sent != header &&
                               sent.starts_with(header.substr(0, 36)) && sent.ends_with("-01");
    const bool is_told = text.starts_with("request ") && text.find("WARN") != text.npos &&
                         text.find("  load ") != text.npos && text.find("rows 3") != text.npos &&
                         text.find("cache miss {user=7}") != text.npos;
    return is_done && is_same_trace && is_told ? 0 : 1;
}
