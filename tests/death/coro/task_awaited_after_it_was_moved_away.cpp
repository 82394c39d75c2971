// expect: a task was awaited that is empty or was moved away
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>

class nobody final : public weir::detail::task_root {
    void child_finished() noexcept override {}
};

weir::task<int> answer() { co_return 42; }

weir::task<> ask_the_shell() {
    weir::task<int> task = answer();
    weir::task<int> owner = std::move(task);
    co_await std::move(task);
}

int main() {
    weir::scope root;
    nobody above;
    weir::task<> task = ask_the_shell();
    static_cast<void>(task.promise().start_under(above, root));
}
