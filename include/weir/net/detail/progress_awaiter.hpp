// SPDX-License-Identifier: Apache-2.0
// progress_awaiter: waits for a sender to have made progress.
#pragma once

#include <weir/coro/wait_queue.hpp>
#include <weir/net/detail/sender.hpp>

#include <coroutine>
#include <string>

namespace weir::net::detail {

/// Woken at low water, when the queue runs empty, and on failure.
class progress_awaiter final : public wait_queue::waiter {
public:
    explicit progress_awaiter(sender& of) noexcept : of_(of) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return join(of_.progress(), self.promise());
    }
    [[nodiscard]] result<void> await_resume() const noexcept {
        if (of_.error()) return fail(of_.error());
        return outcome();
    }
    void describe(std::string& out) const override { out += "send"; }

private:
    sender& of_;
};

}  // namespace weir::net::detail
