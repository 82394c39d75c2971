// SPDX-License-Identifier: Apache-2.0
// overdue_lease: who keeps something of a pool for too long.
#pragma once

#include <weir/coro/detail/promise.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace weir {

/// Who has borrowed something: the function, not the task, which may be gone while the lease is
/// not. Two words, written down when a lease is given; its name is looked up when somebody asks.
class lease_holder {
public:
    /// Nobody knows.
    lease_holder() noexcept = default;
    explicit lease_holder(detail::promise_base& borrower) noexcept;

    /// The name of the coroutine; an address where the program has no symbols; empty where nobody
    /// knows.
    [[nodiscard]] std::string name() const;

private:
    std::uintptr_t function_ = 0;
    std::uintptr_t around_ = 0;  // whose frame has the scope of that one
};

/// What `pool_options::on_overdue` is told. Good for the call only.
class overdue_lease {
public:
    explicit overdue_lease(const lease_holder& by, std::chrono::nanoseconds held) noexcept
        : holder_(by), held_(held) {}

    /// Who took it; empty if it came from `try_acquire`.
    [[nodiscard]] std::string holder() const { return holder_.name(); }
    /// For how long it is lent so far.
    [[nodiscard]] std::chrono::nanoseconds held() const noexcept { return held_; }

private:
    lease_holder holder_;
    std::chrono::nanoseconds held_;
};

}  // namespace weir
