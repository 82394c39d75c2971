// expect: a subscription ended while somebody waits at it
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/event_bus.hpp>
#include <weir/sync/task_group.hpp>

#include <optional>

weir::task<> wait(weir::event_bus<int>::subscription& events) {
    static_cast<void>(co_await events.next());
}

int main() {
    weir::event_bus<int> bus;
    std::optional<weir::event_bus<int>::subscription> events(bus.subscribe(1));
    weir::scope root;
    weir::task_group group(root, 1);
    static_cast<void>(group.try_spawn(wait, std::ref(*events)));
    events.reset();
}
