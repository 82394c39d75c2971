// SPDX-License-Identifier: Apache-2.0
// pool_entry: a resource in a pool, and the one piece of work that may be under way with it: its
// opening, a validation, its closing. The work belongs to the entry, not to whoever asked for it.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/coro/detail/branch.hpp>
#include <weir/coro/task.hpp>
#include <weir/pool/overdue_lease.hpp>
#include <weir/pool/pool_state.hpp>

#include <concepts>
#include <cstdint>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

namespace weir::detail {

template <std::move_constructible T>
class pool_core;

template <std::move_constructible T>
class pool_entry final : public pool_slot, private branch_owner {
public:
    explicit pool_entry(pool_core<T>& owner) noexcept : owner_(owner) {}
    pool_entry(const pool_entry&) = delete;
    pool_entry& operator=(const pool_entry&) = delete;
    ~pool_entry() = default;

    // Each may end at once, and this entry with it.
    void open() { start(run_open()); }
    void validate() { start(run_validate()); }
    void close() { start(owner_.source().close(*resource_, owner_.options().close_timeout)); }

    /// How its opening ended: an error, or none.
    [[nodiscard]] std::error_code error() const noexcept { return error_; }
    /// What its validation gave.
    [[nodiscard]] bool is_valid() const noexcept { return is_valid_; }
    /// Takes what the work has thrown.
    [[nodiscard]] std::exception_ptr take_exception() noexcept {
        try {
            running_->take();
        } catch (...) {
            is_valid_ = false;
            error_ = std::make_error_code(std::errc::state_not_recoverable);
            return std::current_exception();
        }
        return nullptr;
    }

    // ---- while it is lent
    void lend_to(const lease_holder& holder) noexcept { holder_ = holder; }
    [[nodiscard]] const lease_holder& holder() const noexcept { return holder_; }
    [[nodiscard]] T& resource() noexcept { return *resource_; }
    void poison() noexcept { is_poisoned_ = true; }
    void begin_conversation() noexcept { ++conversations_; }
    void end_conversation() noexcept {
        WEIR_ASSERT(conversations_ > 0, "a conversation was ended that had not begun");
        --conversations_;
    }
    void give_back() noexcept { owner_.take_back(*this, is_fit()); }

private:
    /// Whether another one can use it.
    [[nodiscard]] bool is_fit() const noexcept {
        if (is_poisoned_) return false;
        const auto& source = owner_.source();
        return source.knows_step ? source.is_in_step(*resource_) : conversations_ == 0;
    }
    void start(task<> work) {
        running_.emplace(std::move(work));
        running_->start(*this, owner_.ambient());
    }
    task<> run_open() {
        auto opened = co_await owner_.source().open(owner_.options().open_timeout);
        if (opened) {
            resource_.emplace(std::move(*opened));
        } else {
            error_ = opened.error();
        }
    }
    task<> run_validate() {
        is_valid_ =
            co_await owner_.source().is_valid(*resource_, owner_.options().validate_timeout);
    }
    void branch_finished(scope_root&) noexcept override { owner_.work_ended(*this); }
    [[nodiscard]] promise_base* starter() const noexcept override { return nullptr; }

    pool_core<T>& owner_;
    std::optional<T> resource_;
    lease_holder holder_;  // known where leases are watched
    std::uint32_t conversations_ = 0;
    bool is_poisoned_ = false;
    bool is_valid_ = false;
    std::error_code error_;
    std::optional<branch<task<>>> running_;
};

}  // namespace weir::detail
