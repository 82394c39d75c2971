// SPDX-License-Identifier: Apache-2.0
// Prints what an exporter sends, a line each: the path, a blank, the body. With everything in it
// that could break JSON.
#include <weir/base/bytes.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/trace/otlp_exporter.hpp>
#include <weir/trace/recording.hpp>
#include <weir/trace/span.hpp>
#include <weir/trace/traceparent.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using namespace weir::trace;
using weir::result;
using weir::task;

namespace {

constexpr std::string_view nasty =
    "quote \" backslash \\ line \n nul \x01 bad \xff\xc0 euro \u20ac";

task<result<void>> fail_nastily() {
    co_await record_event(nasty, attribute(nasty, nasty));
    co_await record_attributes(attribute("least", std::numeric_limits<std::int64_t>::min()),
                               attribute("none", std::numeric_limits<double>::quiet_NaN()),
                               attribute("endless", std::numeric_limits<double>::infinity()),
                               attribute("yes", true), attribute("part", 0.125));
    co_await record_log(log_level::error, nasty, attribute("key", 7));
    co_return weir::fail(std::errc::connection_refused);
}
task<> throw_nastily() {
    static_cast<void>(co_await weir::sleep_for(2ms));
    throw std::runtime_error(std::string(nasty));
}
task<> work() {
    static_cast<void>(co_await span("fail", fail_nastily(), attribute("user", 7)));
    try {
        co_await span("throw", throw_nastily());
    } catch (const std::runtime_error&) {
        co_return;
    }
}
task<> measure() {
    co_await record_metric(metric::counter("rows", 3), attribute("table", "users"));
    co_await record_metric(metric::counter("rows", 4), attribute("table", "orders"));
    co_await record_metric(metric::gauge("depth", 0.5));
    for (const auto each : {1ms, 40ms, 20'000ms}) {
        const auto waited = metric::histogram("wait", each);
        co_await record_metric(waited);
    }
    co_await record_event("outside");
}
task<result<void>> print(std::string_view path, weir::send_buffer body) {
    std::printf("%s %s\n", std::string(path).c_str(),
                std::string(weir::as_text(body.view())).c_str());
    co_return {};
}

task<> run_all() {
    otlp_recorder recorder(otlp_options(std::string("shop ") + std::string(nasty)));
    otlp_exporter exporter(recorder, &print);
    weir::task_group group(co_await weir::this_task(), 1);
    const auto run = [&] { return exporter.run(); };
    if (!group.try_spawn(run)) co_return;
    const auto from = parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    co_await weir::with_value(*from, observe(recorder, span("request", work())));
    co_await observe(recorder, measure());
    group.request_stop();
    static_cast<void>(co_await group.join());
}

}  // namespace

int main() { weir::run(run_all()); }
