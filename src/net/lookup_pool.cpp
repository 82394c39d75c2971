// SPDX-License-Identifier: Apache-2.0
#include "lookup_pool.hpp"

#include "io/blocked_signals.hpp"

#include <weir/base/error.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/io/post.hpp>
#include <weir/io/reactor.hpp>

#include <coroutine>
#include <system_error>
#include <thread>
#include <utility>

namespace weir::net {

/// Shared by the caller and the thread.
class lookup {
public:
    explicit lookup(lookup_function function, std::string host, std::uint16_t port)
        : function_(function), host_(std::move(host)), port_(port) {}

    /// The caller's shard: who is told, and where.
    void expect(inbox_message& report, reactor& home) noexcept {
        report_ = &report;
        home_ = &home;
    }
    /// The caller's shard: returns whether no report will come.
    [[nodiscard]] bool abandon() noexcept {
        const std::lock_guard lock(mutex_);
        if (reported_) return false;
        report_ = nullptr;
        return true;
    }
    /// A thread of the pool.
    void run() noexcept {
        auto outcome = attempt();
        // Posted under the lock, so that a caller who has abandoned this can be gone at once.
        const std::lock_guard lock(mutex_);
        if (report_ == nullptr) return;
        outcome_ = std::move(outcome);
        reported_ = true;
        home_->post(*report_);
    }
    /// The caller's shard, after the report.
    [[nodiscard]] result<std::vector<endpoint>> take() {
        const std::lock_guard lock(mutex_);
        return std::move(outcome_);
    }
    [[nodiscard]] const std::string& host() const noexcept { return host_; }

private:
    [[nodiscard]] result<std::vector<endpoint>> attempt() noexcept {
        try {
            return function_(host_, port_);
        } catch (const std::bad_alloc&) {
            return fail(std::errc::not_enough_memory);
        }
    }

    lookup_function function_;
    std::string host_;
    std::uint16_t port_;
    std::mutex mutex_;
    inbox_message* report_ = nullptr;
    reactor* home_ = nullptr;
    bool reported_ = false;
    result<std::vector<endpoint>> outcome_;
};

namespace {

class lookup_awaiter final : public wait_point, private inbox_message {
public:
    explicit lookup_awaiter(std::shared_ptr<lookup> work) : work_(std::move(work)) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        if (self.promise().ambient().is_stopped()) {
            refusal_ = stopped_error();
            return false;
        }
        work_->expect(*this, reactor::current());
        // The report arrives through this thread's inbox, so never before `suspend`.
        if (!lookup_pool::process().enqueue(work_)) {
            refusal_ = std::make_error_code(std::errc::resource_unavailable_try_again);
            return false;
        }
        suspend(self.promise());
        return true;
    }
    [[nodiscard]] result<std::vector<endpoint>> await_resume() {
        if (refusal_) return fail(refusal_);
        return work_->take();
    }
    void request_stop() noexcept override {
        if (!work_->abandon()) return;  // the report is under way
        lookup_pool::process().withdraw(work_);
        refusal_ = stopped_error();
        wake();
    }
    void describe(std::string& out) const override { out += "address of " + work_->host(); }

private:
    void run() noexcept override { wake(); }

    std::shared_ptr<lookup> work_;
    std::error_code refusal_;
};

}  // namespace

lookup_pool& lookup_pool::process() {
    // Never destroyed: its threads may be inside a lookup when the process ends.
    static lookup_pool* const pool = new lookup_pool;
    return *pool;
}

bool lookup_pool::start_thread() {
    try {
        // The thread inherits the mask: signals are for the program's own threads.
        const blocked_signals none;
        std::thread([this] { work(); }).detach();
    } catch (const std::system_error&) {
        return threads_ > 0;  // those that there are do the work
    }
    ++threads_;
    return true;
}

bool lookup_pool::enqueue(std::shared_ptr<lookup> work) {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= idle_ && threads_ < max_threads && !start_thread()) return false;
    queue_.push_back(std::move(work));
    added_.notify_one();
    return true;
}

void lookup_pool::withdraw(const std::shared_ptr<lookup>& work) {
    const std::lock_guard lock(mutex_);
    queue_.remove(work);
}

void lookup_pool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        added_.wait(lock, [this] { return !queue_.empty(); });
        --idle_;
        const std::shared_ptr<lookup> next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        next->run();
        lock.lock();
    }
}

task<result<std::vector<endpoint>>> look_up(lookup_function function, std::string host,
                                            std::uint16_t port) {
    auto work = std::make_shared<lookup>(function, std::move(host), port);
    co_return co_await lookup_awaiter(std::move(work));
}

}  // namespace weir::net
