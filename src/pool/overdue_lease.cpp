// SPDX-License-Identifier: Apache-2.0
#include <weir/pool/overdue_lease.hpp>

#include <weir/coro/scope.hpp>

#include "coro/symbols.hpp"

#include <string_view>

namespace weir {

namespace {

/// What stands in for an awaitable that is given to `with_timeout` and its kin.
constexpr std::string_view stand_in = "await_in_task";

std::uintptr_t function_of(detail::promise_base& running) noexcept {
    // The first word of a frame is its resume function, under both compilers.
    return *static_cast<const std::uintptr_t*>(running.handle().address());
}

}  // namespace

lease_holder::lease_holder(detail::promise_base& borrower) noexcept
    : function_(function_of(borrower)) {
    if (detail::promise_base* around = borrower.ambient().owner()) around_ = function_of(*around);
}

std::string lease_holder::name() const {
    if (function_ == 0) return {};
    std::string name = detail::function_name_at(function_);
    const bool is_stand_in = name.find(stand_in) != std::string::npos;
    return is_stand_in && around_ != 0 ? detail::function_name_at(around_) : name;
}

}  // namespace weir
