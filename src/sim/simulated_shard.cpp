// SPDX-License-Identifier: Apache-2.0
#include "simulated_shard.hpp"

#include "application.hpp"
#include "simulated_kernel.hpp"

#include <weir/coro/task_tree.hpp>

#include <exception>
#include <utility>

namespace weir::sim {

simulated_shard::seat::seat(simulated_shard& owner) noexcept : owner_(owner) {
    owner_.loop_->enter_thread();
    shard::current_ = &owner_.shard_;
}
simulated_shard::seat::~seat() {
    shard::current_ = nullptr;
    owner_.loop_->leave_thread();
}

simulated_shard::simulated_shard(application& family, machine& home, unsigned index,
                                 const reactor_options& options)
    : family_(family), shard_(family, index) {
    auto made = std::make_unique<simulated_kernel>(home, options.sq_entries, options.cq_entries);
    kernel_ = made.get();
    loop_ = std::make_unique<reactor>(std::move(made), options);
    kernel_->set_scheduled(true);
    shard_.loop_ = loop_.get();
    shard_.visitors_.store(0);
    loop_->leave_thread();
}

simulated_shard::~simulated_shard() {
    loop_->enter_thread();
    shard::current_ = &shard_;
    kernel_->set_scheduled(false);
    main_.reset();
    shard_.is_ending_ = true;
    shard_.visitors_.fetch_or(shard::closed);
    loop_->turn(false);  // drops the callables that nobody will call
    shard::current_ = nullptr;
    loop_.reset();
}

void simulated_shard::start(const weir::detail::shard_main& main) {
    const seat here(*this);
    try {
        main_.emplace(main(shard_));
    } catch (...) {
        family_.main_ended({}, std::current_exception());
        return;
    }
    main_->start(*this, loop_->root());
    loop_->begin_turn(true);
}

bool simulated_shard::is_runnable() const noexcept {
    if (has_ended() || family_.is_paused()) return false;
    return stop_due_ || kernel_->is_runnable();
}
std::chrono::steady_clock::time_point simulated_shard::wakes_at() const noexcept {
    if (has_ended() || family_.is_paused()) return std::chrono::steady_clock::time_point::max();
    return kernel_->wakes_at();
}

void simulated_shard::step() {
    const seat here(*this);
    if (std::exchange(stop_due_, false)) loop_->root().request_stop();
    kernel_->flush();
    static_cast<void>(loop_->end_turn());
    loop_->begin_turn(true);
}

void simulated_shard::die() noexcept {
    kernel_->die();
    stop_soon();
}

bool simulated_shard::has_ended() const noexcept { return loop_->has_ended(ended_); }

std::string simulated_shard::waiters() {
    const seat here(*this);
    return task_tree::capture(loop_->root(), loop_->now()).to_text();
}

void simulated_shard::branch_finished(detail::scope_root&) noexcept {
    try {
        const result<void> outcome = main_->take();
        family_.main_ended(outcome ? std::error_code() : outcome.error(), nullptr);
    } catch (...) {
        family_.main_ended({}, std::current_exception());
    }
}

}  // namespace weir::sim
