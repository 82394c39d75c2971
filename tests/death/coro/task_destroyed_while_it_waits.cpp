// expect: a task was destroyed while it waits
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/task.hpp>
#include <weir/sync/event.hpp>

class nobody final : public weir::detail::task_root {
    void child_finished() noexcept override {}
};

weir::task<> wait(weir::event& event) { static_cast<void>(co_await event.wait()); }

int main() {
    weir::event never;
    weir::scope root;
    nobody above;
    weir::task<> task = wait(never);
    static_cast<void>(task.promise().start_under(above, root));
}
