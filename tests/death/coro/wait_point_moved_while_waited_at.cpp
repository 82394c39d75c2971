// expect: a wait point was moved while a coroutine waits at it
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/wait_point.hpp>

#include <utility>

class nobody final : public weir::detail::task_root {
    void child_finished() noexcept override {}
};

class place final : public weir::wait_point {
public:
    void request_stop() noexcept override {}
    void describe(std::string& out) const override { out += "a place"; }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    void await_suspend(std::coroutine_handle<P> self) noexcept {
        suspend(self.promise());
    }
    void await_resume() const noexcept {}
};

weir::task<> wait(place& where) { co_await where; }

int main() {
    place where;
    weir::scope root;
    nobody above;
    weir::task<> task = wait(where);
    static_cast<void>(task.promise().start_under(above, root));
    const place moved(std::move(where));
}
