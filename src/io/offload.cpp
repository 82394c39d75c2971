// SPDX-License-Identifier: Apache-2.0
#include <weir/io/offload.hpp>

#include "blocked_signals.hpp"
#include "kernel.hpp"

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>

#include <system_error>

namespace weir {

bool detail::offload_job::begin(promise_base& waiter) noexcept {
    if (waiter.ambient().is_stopped()) {
        refusal_ = stopped_error();
        return false;
    }
    home_ = &reactor::current();
    refusal_ = {};
    if (!home_->system().features().threads) {
        invoke();
        return false;
    }
    // Its end arrives through this thread's inbox, so never before the next line.
    if (!pool_.enqueue(*this)) {
        refusal_ = std::make_error_code(std::errc::resource_unavailable_try_again);
        return false;
    }
    suspend(waiter);
    return true;
}

void detail::offload_job::request_stop() noexcept {
    if (!pool_.withdraw(*this)) return;  // it runs: its end wakes the waiter
    refusal_ = stopped_error();
    wake();
}

void detail::offload_job::describe(std::string& out) const {
    out += pool_.is_queued(*this) ? "offload (queued)" : "offload (running)";
}

offload_pool::offload_pool(const offload_options& options) : max_threads_(options.max_threads) {
    WEIR_ASSERT(max_threads_ > 0, "an offload_pool needs at least one thread");
    threads_.reserve(max_threads_);
}

offload_pool::~offload_pool() {
    {
        const std::lock_guard lock(mutex_);
        WEIR_ASSERT(queue_.empty(), "an offload_pool was destroyed while jobs wait in it");
        ending_ = true;
    }
    work_added_.notify_all();
    for (std::thread& each : threads_) each.join();
}

offload_pool& offload_pool::process() {
    // Never destroyed: the end of the process does not wait for a resolver that hangs.
    static offload_pool& pool = *new offload_pool;
    return pool;
}

std::size_t offload_pool::queued() const {
    const std::lock_guard lock(mutex_);
    return queued_;
}

std::size_t offload_pool::running() const {
    const std::lock_guard lock(mutex_);
    return threads_.size() - idle_;
}

std::size_t offload_pool::threads() const {
    const std::lock_guard lock(mutex_);
    return threads_.size();
}

void offload_pool::start_thread() {
    // The thread inherits the mask: no signal may ever choose it, also not in its first moment.
    const blocked_signals all;
    threads_.emplace_back([this] { work(); });
    ++idle_;
}

bool offload_pool::enqueue(detail::offload_job& job) {
    {
        const std::lock_guard lock(mutex_);
        if (queued_ >= idle_ && threads_.size() < max_threads_) {
            try {
                start_thread();
            } catch (const std::system_error&) {
                if (threads_.empty()) return false;  // otherwise those that there are do the work
            }
        }
        queue_.push_back(job);
        ++queued_;
    }
    work_added_.notify_one();
    return true;
}

bool offload_pool::withdraw(detail::offload_job& job) {
    const std::lock_guard lock(mutex_);
    if (!job.is_linked()) return false;
    job.unlink();
    --queued_;
    return true;
}

bool offload_pool::is_queued(const detail::offload_job& job) const {
    const std::lock_guard lock(mutex_);
    return job.is_linked();
}

void offload_pool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        work_added_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        if (queue_.empty()) return;
        detail::offload_job& job = queue_.pop_front();
        --queued_;
        --idle_;
        lock.unlock();
        job.invoke();
        reactor& home = *job.home_;
        home.post(job);  // from here on the job may be gone
        lock.lock();
        ++idle_;
    }
}

}  // namespace weir
