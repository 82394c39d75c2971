// SPDX-License-Identifier: Apache-2.0
// Many children, a few at a time: spawning waits for room, the first error stops the rest, and
// nothing outlives the group.
#include <weir/coro/ok.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

weir::task<weir::result<void>> fetch(int page, int broken_page, int& fetched) {
    co_await weir::ok(weir::sleep_for(1ms));
    if (page == broken_page) co_return weir::fail(std::errc::bad_message);
    ++fetched;
    co_return weir::result<void>();
}

/// Fetches 100 pages, 10 at once.
weir::task<weir::result<void>> fetch_all(int broken_page, int& fetched) {
    weir::task_group group(co_await weir::this_task(), 10);
    for (int page = 0; page < 100; ++page) {
        auto started = group.spawn(&fetch, page, broken_page, std::ref(fetched));
        if (!co_await started) break;  // the group is stopping
    }
    co_return co_await group.join();
}

weir::task<int> fetch_twice() {
    int all = 0;
    const weir::result<void> fine = co_await fetch_all(-1, all);
    std::printf("%d pages, %s\n", all, fine ? "no error" : "failed");

    int some = 0;
    const weir::result<void> failed = co_await fetch_all(33, some);
    std::printf("%d pages, %s\n", some, failed ? "no error" : failed.error().message().c_str());
    co_return fine && !failed && all == 100 && some < 100 ? 0 : 1;
}

int main() { return weir::run(fetch_twice()); }
