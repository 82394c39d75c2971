// expect: a list was destroyed while elements are linked in it
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/task.hpp>
#include <weir/sync/event.hpp>

#include <memory>

class nobody final : public weir::detail::task_root {
    void child_finished() noexcept override {}
};

weir::task<> wait(weir::event& event) { static_cast<void>(co_await event.wait()); }

int main() {
    auto event = std::make_unique<weir::event>();
    weir::scope root;
    nobody above;
    weir::task<> task = wait(*event);
    static_cast<void>(task.promise().start_under(above, root));
    event.reset();
}
