// expect: a merge was destroyed while its sources run
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/run.hpp>
#include <weir/sync/merge.hpp>

weir::stream<int> wait(weir::event& event) {
    co_yield 1;
    co_await weir::ok(event.wait());
}

weir::task<> leave_early() {
    weir::event never;
    weir::merge all(co_await weir::this_task(), weir::ends_with::last, wait(never));
    static_cast<void>(co_await all.next());
    static_cast<void>(co_await weir::yield());
}

int main() { weir::run(leave_early()); }
