// SPDX-License-Identifier: Apache-2.0
#include <weir/io/shard.hpp>

#include "shard_set.hpp"

#include <weir/base/assert.hpp>

namespace weir {

thread_local shard* shard::current_ = nullptr;

unsigned shard::count() const noexcept { return set_.size(); }

shard& shard::sibling(unsigned index) const noexcept { return set_.at(index); }

bool shard::try_post(inbox_message& message) noexcept {
    if (const shard* sender = current_; sender != nullptr && &sender->set_ == &set_) {
        // No loop of the runtime is taken down before every shard has left its own.
        if (sender->is_ending_) return false;
        loop_->post(message);
        return true;
    }
    const bool is_open = (visitors_.fetch_add(visitor) & closed) == 0;
    if (is_open) loop_->post(message);
    visitors_.fetch_sub(visitor, std::memory_order_release);
    return is_open;
}

result<void> shard::reserve_post() noexcept {
    if ((visitors_.load(std::memory_order_relaxed) & closed) != 0)
        return fail(std::errc::broken_pipe);
    if (posted_.fetch_add(1, std::memory_order_relaxed) < set_.max_posted()) return {};
    release_post();
    return fail(std::errc::no_buffer_space);
}

shard& this_shard() noexcept {
    shard* here = shard::current_or_null();
    WEIR_ASSERT(here != nullptr, "this_shard() was called outside of a runtime");
    return *here;
}

namespace detail {

bool shard_is_ending() noexcept { return shard_thread::current_is_ending(); }

bool cross_call_base::send(promise_base& waiter) noexcept {
    if (waiter.ambient().is_stopped()) {
        refused_ = true;
        return false;
    }
    WEIR_ASSERT(shard::current_or_null() != nullptr && target_.count() == this_shard().count() &&
                    &target_.sibling(0) == &this_shard().sibling(0),
                "shard::run was called from outside of the shard's runtime");
    home_ = &reactor::current();
    suspend(waiter);
    target_.loop().post(request_);
    return true;
}

void cross_call_base::start(promise_base& promise) noexcept {
    inner_.emplace(reactor::current().root());
    inner_->add_root(*this);
    if (!promise.start_under(*this, *inner_)) child_finished();
}

void cross_call_base::finish() noexcept {
    inner_.reset();
    ended_ = true;
    home_->post(reply_);
}

void cross_call_base::request_stop() noexcept {
    if (stop_sent_) return;
    stop_sent_ = true;
    awaits_ack_ = true;
    target_.loop().post(stop_);
}

void cross_call_base::stop_arrived() noexcept {
    if (!ended_) inner_->request_stop();
    home_->post(ack_);
}

void cross_call_base::reply_arrived() noexcept {
    replied_ = true;
    if (!awaits_ack_) wake();
}

void cross_call_base::ack_arrived() noexcept {
    awaits_ack_ = false;
    if (replied_) wake();
}

void cross_call_base::describe(std::string& out) const {
    out += "call to shard " + std::to_string(target_.index());
}

}  // namespace detail

}  // namespace weir
