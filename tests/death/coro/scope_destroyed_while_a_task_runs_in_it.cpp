// expect: a scope ended while tasks still run in it|linked in
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/detail/branch.hpp>
#include <weir/sync/event.hpp>

#include <optional>

class owner final : public weir::detail::branch_owner {
public:
    void branch_finished(weir::detail::scope_root&) noexcept override {}
    [[nodiscard]] weir::detail::promise_base* starter() const noexcept override { return nullptr; }
};

weir::task<> wait(weir::event& event) { static_cast<void>(co_await event.wait()); }

int main() {
    weir::event never;
    owner above;
    std::optional<weir::scope> root(std::in_place);
    weir::detail::branch<weir::task<>> running(wait(never));
    running.start(above, *root);
    root.reset();
}
