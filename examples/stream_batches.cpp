// SPDX-License-Identifier: Apache-2.0
// Many tasks report single events; one task writes them away in batches: 20 at a time, and nothing
// waits longer than 5 ms.
#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/flow/batcher.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/for_each_concurrent.hpp>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using event_batcher = weir::flow::batcher<std::string>;

weir::task<weir::result<void>> report(event_batcher& events, int device) {
    for (int i = 0; i < 10; ++i) {
        co_await weir::ok(weir::sleep_for(std::chrono::milliseconds(device % 7)));
        co_await weir::ok(events.add("device " + std::to_string(device)));
    }
    co_return weir::result<void>();
}

weir::task<weir::result<void>> report_all(event_batcher& events) {
    std::vector<int> devices(50);
    std::iota(devices.begin(), devices.end(), 0);
    const auto report_of = [&events](int device) { return report(events, device); };
    const auto outcome = co_await weir::for_each_concurrent(devices, 50, report_of);
    events.close();  // what still waits is the last batch
    co_return outcome;
}

weir::task<weir::result<std::size_t>> write_away(event_batcher& events) {
    std::size_t written = 0;
    std::size_t batches = 0;
    while (auto batch = co_await weir::ok(events.next())) {
        written += batch->size();
        ++batches;
    }
    std::printf("%zu events in %zu batches\n", written, batches);
    co_return written;
}

weir::task<int> run_both() {
    weir::flow::batch_limits limits;
    limits.max_items = 20;
    limits.max_delay = 5ms;
    event_batcher events(limits);
    const auto [reported, written] =
        co_await weir::when_all(report_all(events), write_away(events));
    co_return reported&& written && *written == 500 ? 0 : 1;
}

int main() { return weir::run(run_both()); }
