// expect: a task_group was destroyed while children run
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/event.hpp>
#include <weir/sync/task_group.hpp>

weir::task<> wait(weir::event& event) { static_cast<void>(co_await event.wait()); }

int main() {
    weir::event never;
    weir::scope root;
    weir::task_group group(root, 1);
    static_cast<void>(group.try_spawn(wait, std::ref(never)));
}
