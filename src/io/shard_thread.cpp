// SPDX-License-Identifier: Apache-2.0
#include "kernel.hpp"
#include "op/requests.hpp"
#include "shard_set.hpp"
#include "task_listing.hpp"

#include <weir/base/assert.hpp>
#include <weir/coro/task_tree.hpp>

#include <poll.h>
#include <pthread.h>
#include <sched.h>

#include <thread>

namespace weir {

unsigned usable_processors() noexcept {
    cpu_set_t usable;
    if (::sched_getaffinity(0, sizeof usable, &usable) != 0) return 1;
    return static_cast<unsigned>(CPU_COUNT(&usable));
}

namespace detail {

/// Turns SIGUSR2 into a dump of every shard, for as long as shard 0 runs.
class dump_listener final : public operation {
public:
    explicit dump_listener(shard_set& set, signal_set& signals, int fd) noexcept
        : set_(set), signals_(signals), fd_(fd) {}

    void prepare(io_uring_sqe& sqe) noexcept override { op::fill_poll_multishot(sqe, fd_, POLLIN); }
    void complete(int, std::uint32_t, bool more) noexcept override {
        // To the last one: the poll reports arrivals, not that something is left.
        bool arrived = false;
        while (const auto signal = signals_.try_next()) {
            if (!*signal) break;
            arrived = true;
        }
        if (arrived && !ending_) set_.dump_all();
        if (!more && !ending_) start();
    }
    void end() noexcept {
        ending_ = true;
        cancel();
    }

private:
    shard_set& set_;
    signal_set& signals_;
    int fd_;
    bool ending_ = false;
};

shard_thread::shard_thread(shard_set& set, unsigned index)
    : set_(set), shard_(set, index), stop_(*this), end_(*this), dump_(*this) {}

shard_thread::~shard_thread() {
    WEIR_ASSERT(loop_ == nullptr, "a shard was destroyed before its loop");
}

void shard_thread::pin_to(unsigned position) noexcept {
    cpu_set_t usable;
    if (::sched_getaffinity(0, sizeof usable, &usable) != 0) return;
    position %= static_cast<unsigned>(CPU_COUNT(&usable));
    int processor = 0;
    while (!CPU_ISSET(processor, &usable) || position-- > 0) ++processor;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    if (::sched_setaffinity(0, sizeof one, &one) == 0) unpinned_ = usable;
}

void shard_thread::open(const runtime_options& options) {
    if (options.pin) pin_to(shard_.index());
    if (options.stall_threshold.count() > 0) observed_ = observed_thread::current();
    auto loop = open_reactor(options.reactor);
    if (!loop) {
        failure_ = loop.error();
        return;
    }
    loop_ = std::move(*loop);
    shard_.loop_ = loop_.get();
}

void shard_thread::serve(const shard_main& main) {
    shard::current_ = &shard_;
    capture_.attach_to_this_thread();
    shard_.visitors_.store(0);
    if (set_.stop_requested()) loop_->root().request_stop();
    if (signal_set* signals = set_.dump_signal(); signals != nullptr && shard_.index() == 0) {
        if (const result<int> fd = signals->descriptor()) {
            dump_listener_ = std::make_unique<dump_listener>(set_, *signals, *fd);
            dump_listener_->start();
        }
    }
    start_main(main);
    loop_->run_until(ended_);
    main_.reset();
    shard_.is_ending_ = true;
}

void shard_thread::start_main(const shard_main& main) {
    try {
        main_.emplace(main(shard_));
    } catch (...) {
        set_.note_exception(std::current_exception());
        set_.main_ended();
        return;
    }
    main_->start(*this, loop_->root());
}

void shard_thread::branch_finished(scope_root&) noexcept {
    try {
        const result<void> outcome = main_->take();
        if (!outcome) set_.note_error(outcome.error());
    } catch (...) {
        set_.note_exception(std::current_exception());
    }
    set_.main_ended();
}

void shard_thread::end_arrived() noexcept {
    ended_ = true;
    if (dump_listener_) dump_listener_->end();
}

void shard_thread::close_inbox() {
    shard_.visitors_.fetch_or(shard::closed);
    // A thread that came in before is on its way out: it only pushes a message and wakes the loop.
    while (shard_.visitors_.load(std::memory_order_acquire) != shard::closed) {
        std::this_thread::yield();
    }
    loop_->turn(false);  // drops the callables that nobody will call
}

void shard_thread::close() {
    capture_.detach_from_this_thread();
    observed_ = {};
    shard::current_ = nullptr;
    dump_listener_.reset();
    loop_.reset();
    shard_.loop_ = nullptr;
    // Shard 0 gives its thread back.
    if (unpinned_) ::sched_setaffinity(0, sizeof *unpinned_, &*unpinned_);
}

void shard_thread::post_dump() noexcept {
    if (dump_posted_.exchange(true)) return;  // the one under way will show the same
    if (!shard_.try_post(dump_)) dump_posted_.store(false);
}

void shard_thread::dump_arrived() noexcept {
    dump_posted_.store(false);
    if (!shard_.is_ending_) write_dump(shard_.index(), shard_.count(), *loop_);
}

watched_loop shard_thread::watched() noexcept {
    return watched_loop(shard_.index(), loop_->heartbeat(), capture_, observed_);
}

}  // namespace detail

}  // namespace weir
