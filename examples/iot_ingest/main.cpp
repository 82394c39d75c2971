// SPDX-License-Identifier: Apache-2.0
// A hundred devices send half of what can be written, all of it, twice and three times as much.
#include "ingest.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/io/run.hpp>

#include <cstdio>

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr std::size_t devices = 100;
constexpr double capacity =  // readings a second
    double(ingest::batch_size * ingest::writes_at_once) * (1s / ingest::write_time);

/// Reports so many readings each 10 ms. One that is refused is gone: the next is newer.
weir::task<weir::result<void>> run_device(ingest& to, int readings) {
    auto next = clock_type::now();
    for (const auto end = next + 500ms; clock_type::now() < end; next += 10ms) {
        co_await weir::ok(weir::sleep_until(next));
        for (int i = 0; i < readings; ++i) {
            const auto outcome = co_await to.report(i);
            if (!outcome && outcome.error() != weir::refusal::overloaded) co_return outcome;
        }
    }
    co_return weir::result<void>();
}

weir::task<weir::result<void>> run_devices(ingest& to, double load) {
    const std::vector<int> sizes(devices, int(load * capacity / 100 / devices));
    const auto run = [&to](int readings) { return run_device(to, readings); };
    const auto outcome = co_await weir::for_each_concurrent(sizes, devices, run);
    to.close();
    co_return outcome;
}

/// Says what was written, as a share of the capacity; false = something that was accepted was not.
weir::task<bool> offer(double load) {
    ingest all;
    const auto begin = clock_type::now();
    const auto [sent, done] = co_await weir::when_all(run_devices(all, load), all.write_all());
    const std::chrono::duration<double> took = clock_type::now() - begin;
    const double goodput = double(all.written()) / took.count() / capacity;
    std::printf("%.1fx: %7zu accepted, %7zu shed, %7zu written: %.2f of capacity\n", load,
                all.accepted(), all.refused(), all.written(), goodput);
    co_return sent&& done&& all.written() == all.accepted();
}

weir::task<int> run_all() {
    bool is_whole = true;
    for (const double load : {0.5, 1.0, 2.0, 3.0}) {
        const bool all_written = co_await offer(load);
        is_whole = is_whole && all_written;
    }
    co_return is_whole ? 0 : 1;
}

int main() { return weir::run(run_all()); }
