// SPDX-License-Identifier: Apache-2.0
#include <weir/io/reactor.hpp>

#include "kernel.hpp"
#include "op/requests.hpp"
#include "receive_buffers.hpp"
#include "wake_up.hpp"

#include <weir/base/assert.hpp>
#include <weir/coro/detail/run_queue.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace weir {

constinit thread_local reactor* reactor::current_ = nullptr;

namespace {

// user_data is the address of an operation, which is at least 8-aligned; 0 is for requests whose
// completion nobody waits for (cancels).
constexpr std::uint64_t ignored = 0;
// The poll of wake_up, which lasts as long as the reactor.
constexpr std::size_t own_requests = 1;
constexpr std::size_t arena_chunk_bytes = 64 * 1024;

}  // namespace

reactor::reactor(std::unique_ptr<kernel> kernel, const reactor_options& options)
    : options_(options),
      kernel_(std::move(kernel)),
      now_(kernel_->now()),
      timers_(now_),
      buffers_(std::make_unique<receive_buffers>(
          *kernel_, options.receive_buffer_count, options.receive_buffer_bytes,
          options.bulk_buffer_count, options.bulk_buffer_bytes)) {
    WEIR_ASSERT(current_ == nullptr, "a thread has one reactor at a time");
    current_ = this;
    detail::run_queue::current().set_now(now_);
    wake_up_ = std::make_unique<wake_up>(*this);
}

reactor::~reactor() {
    WEIR_ASSERT(in_flight_ <= own_requests, "a reactor ended while operations are in flight");
    while (posting_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
    wake_up_.reset();
    WEIR_ASSERT(buffers_->is_all_free(), "received bytes are held longer than their reactor lives");
    current_ = nullptr;
}

void reactor::leave_thread() noexcept {
    WEIR_ASSERT(current_ == this, "a reactor left a thread that it was not on");
    parked_.swap(detail::run_queue::current());
    current_ = nullptr;
}

void reactor::enter_thread() noexcept {
    WEIR_ASSERT(current_ == nullptr, "a thread has one reactor at a time");
    current_ = this;
    parked_.swap(detail::run_queue::current());
}

void reactor::run_until(const bool& done) {
    done_ = &done;
    while (!has_ended(done)) turn(true);
    done_ = nullptr;
}

bool reactor::has_ended(bool done) const noexcept {
    // Closed sockets may still send their last bytes; they are bounded by their linger time. What
    // else is left is being cancelled already; its completions are collected before the end.
    return done && closing_ == 0 && in_flight_ <= own_requests && waiting_.empty();
}

bool reactor::is_over() const noexcept {
    return done_ != nullptr && *done_ && closing_ == 0 && in_flight_ <= own_requests;
}

bool reactor::turn(bool may_wait) {
    begin_turn(may_wait);
    return end_turn();
}

void reactor::begin_turn(bool may_wait) {
    ++stats_.turns;
    inbox_.drain();
    run_ready();
    run_bulk();
    flush_turn();
    submit_waiting();
    was_idle_ = detail::run_queue::current().empty() && bulk_.empty() && turn_end_.empty() &&
                !kernel_->has_completions();
    slept_ = may_wait && was_idle_ && !is_over() && inbox_.try_sleep();
    enter(slept_);
}

bool reactor::end_turn() {
    if (slept_) inbox_.woke();
    read_clock();
    collect();
    timers_.advance(now_);
    return !was_idle_ || in_flight_ > own_requests || timers_.armed() > 0;
}

void reactor::run_ready() noexcept {
    // A coroutine that keeps yielding must not keep the kernel from being asked.
    detail::run_queue::current().run(options_.max_completions_a_turn * std::size_t{4});
}

void reactor::run_bulk() noexcept {
    // Each reader's bytes are handled, and the answer sent, before the next one reads: so all of
    // them pass through the same memory, which stays in the cache. Readers that are not done queue
    // up again behind the others.
    for (std::size_t left = bulk_.size(); left > 0 && !bulk_.empty(); --left) {
        bulk_.pop_front().read_bulk();
        run_ready();
        flush_turn();
    }
}

void reactor::flush_turn() noexcept {
    while (!turn_end_.empty()) turn_end_.pop_front().turn_ends();
}

void reactor::read_clock() noexcept {
    now_ = kernel_->now();
    detail::run_queue::current().set_now(now_);
}

void reactor::enter(bool wait) noexcept {
    ++stats_.enters;
    pulse_.rest();
    const int error = kernel_->enter(wait, wait ? timers_.next_wakeup() : now_);
    pulse_.beat();
    arena_used_ = 0;
    if (error == 0 || error == -EAGAIN || error == -EBUSY) return;  // completions come first then
    std::fprintf(stderr, "weir: io_uring_enter failed with errno %d\n", -error);
    std::abort();
}

inline void reactor::dispatch(std::uint64_t user_data, int result, std::uint32_t flags) noexcept {
    if (user_data == ignored) return;
    auto& op = *reinterpret_cast<operation*>(user_data);
    const bool more = (flags & IORING_CQE_F_MORE) != 0;
    if (!more) {
        // A cancel that found no room in the queue must not name whatever takes this address next.
        if (!cancels_.empty()) std::erase(cancels_, user_data);
        op.set_state(operation::state::done);
        --in_flight_;
    }
    op.complete(result, flags, more);
}

void reactor::collect() noexcept {
    stats_.completions += kernel_->for_each_completion(
        options_.max_completions_a_turn,
        [this](const io_uring_cqe& cqe) { dispatch(cqe.user_data, cqe.res, cqe.flags); });
}

inline io_uring_sqe* reactor::obtain_sqe() noexcept {
    io_uring_sqe* sqe = kernel_->try_sqe();
    if (sqe != nullptr) [[likely]]
        return sqe;
    enter(false);
    return kernel_->try_sqe();
}

bool reactor::try_submit(operation& op) noexcept {
    io_uring_sqe* sqe = obtain_sqe();
    if (sqe == nullptr) return false;
    op.prepare(*sqe);
    sqe->user_data = reinterpret_cast<std::uintptr_t>(&op);
    op.set_state(operation::state::in_flight);
    ++in_flight_;
    ++stats_.submitted;
    return true;
}

void reactor::submit(operation& op) noexcept {
    if (waiting_.empty() && try_submit(op)) return;
    op.set_state(operation::state::queued);
    waiting_.push_back(&op);
}

void reactor::cancel(operation& op) noexcept {
    if (op.status() == operation::state::queued) {
        waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &op));
        op.set_state(operation::state::done);
        op.complete(-ECANCELED, 0, false);
        return;
    }
    op.set_state(operation::state::stopping);
    cancels_.push_back(reinterpret_cast<std::uintptr_t>(&op));
}

void reactor::submit_waiting() noexcept {
    std::size_t submitted = 0;
    while (submitted < waiting_.size() && try_submit(*waiting_[submitted])) ++submitted;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(submitted));
    // Before anything that is submitted later, so the address cannot name a newer operation yet.
    while (!cancels_.empty()) {
        io_uring_sqe* sqe = obtain_sqe();
        if (sqe == nullptr) return;
        op::fill_cancel(*sqe, cancels_.back());
        sqe->user_data = ignored;
        cancels_.pop_back();
    }
}

void* reactor::submission_memory(std::size_t size) {
    size = (size + 15) & ~std::size_t{15};
    const std::size_t chunk = arena_used_ / arena_chunk_bytes;
    std::size_t offset = arena_used_ % arena_chunk_bytes;
    std::size_t index = chunk;
    if (offset + size > arena_chunk_bytes) {
        ++index;
        offset = 0;
    }
    WEIR_ASSERT(size <= arena_chunk_bytes, "one request's arguments are at most 64 KiB");
    while (arena_.size() <= index) {
        arena_.push_back(std::make_unique<std::byte[]>(arena_chunk_bytes));
    }
    arena_used_ = index * arena_chunk_bytes + offset + size;
    return arena_[index].get() + offset;
}

void reactor::post(inbox_message& message) noexcept {
    // Counted, because the message may have run, and ended this reactor, before the wake-up is
    // done.
    posting_.fetch_add(1, std::memory_order_relaxed);
    if (inbox_.push(message)) wake_up_->signal();
    posting_.fetch_sub(1, std::memory_order_release);
}

}  // namespace weir
