// SPDX-License-Identifier: Apache-2.0
#include "shard_set.hpp"

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>

#include <signal.h>

namespace weir::detail {

shard_set::shard_set(const runtime_options& options)
    : options_(options),
      brackets_(static_cast<std::ptrdiff_t>(options.shards)),
      running_(options.shards) {
    WEIR_ASSERT(options.shards > 0, "a runtime needs at least one shard");
    for (unsigned i = 0; i < options.shards; ++i) {
        threads_.push_back(std::make_unique<shard_thread>(*this, i));
    }
}

shard_set::~shard_set() {
    if (phase_ == phase::ready) {
        end_threads();
        threads_.front()->close();
    }
}

shard& shard_set::at(unsigned index) const noexcept {
    WEIR_ASSERT(index < threads_.size(), "there is no shard of that index");
    return threads_[index]->handle();
}

result<void, startup_error> shard_set::start() {
    WEIR_ASSERT(phase_ == phase::made, "a runtime is started once");
    // Before there are threads, so that they inherit it: a signal goes to any that lets it through.
    if (options_.dump_on_signal) dump_signal_.emplace(SIGUSR2);
    std::optional<startup_error> no_thread;
    try {
        for (unsigned i = 1; i < size(); ++i) {
            shard_thread& each = *threads_[i];
            each.thread = std::thread([this, &each] { live(each); });
        }
    } catch (const std::system_error& error) {
        no_thread.emplace(error.code(),
                          "no thread could be made for a shard: raise the limit of processes "
                          "(ulimit -u) or start fewer shards");
    }
    threads_.front()->open(options_);
    {
        std::unique_lock lock(mutex_);
        ++opened_;
        unsigned expected = 1;
        for (auto& each : threads_) expected += each->thread.joinable() ? 1 : 0;
        changed_.wait(lock, [&] { return opened_ == expected; });
    }
    const startup_error* failure = no_thread ? &*no_thread : first_failure();
    if (failure == nullptr) {
        announce(phase::ready, nullptr);
        return {};
    }
    const startup_error copy = *failure;
    end_threads();
    threads_.front()->close();
    return fail(copy);
}

const startup_error* shard_set::first_failure() const noexcept {
    for (const auto& each : threads_) {
        if (each->failure()) return &*each->failure();
    }
    return nullptr;
}

void shard_set::announce(phase next, const shard_main* main) {
    {
        const std::lock_guard lock(mutex_);
        phase_ = next;
        main_ = main;
    }
    changed_.notify_all();
}

void shard_set::end_threads() {
    announce(phase::over, nullptr);
    for (auto& each : threads_) {
        if (each->thread.joinable()) each->thread.join();
    }
    dump_signal_.reset();
}

void shard_set::live(shard_thread& each) {
    each.open(options_);
    const shard_main* main = nullptr;
    {
        std::unique_lock lock(mutex_);
        ++opened_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return phase_ == phase::running || phase_ == phase::over; });
        main = main_;
    }
    if (main != nullptr) serve(each, *main);
    each.close();
}

void shard_set::serve(shard_thread& each, const shard_main& main) {
    each.serve(main);
    brackets_.arrive_and_wait();
    const bool is_first = each.handle().index() == 0;
    if (is_first && stall_detector_) stall_detector_->stop();
    each.close_inbox();
    brackets_.arrive_and_wait();
}

result<void> shard_set::run(const shard_main& main) {
    WEIR_ASSERT(phase_ == phase::ready, "a runtime runs once");
    if (options_.stall_threshold > std::chrono::nanoseconds::zero()) {
        std::vector<watched_loop> loops;
        for (auto& each : threads_) loops.push_back(each->watched());
        stall_detector_.emplace(std::move(loops), options_.stall_threshold, options_.on_stall,
                                stalls_);
    }
    announce(phase::running, &main);
    serve(*threads_.front(), main);
    threads_.front()->close();
    end_threads();
    if (exception_) std::rethrow_exception(exception_);
    if (error_) return fail(error_);
    return {};
}

void shard_set::request_stop() noexcept {
    if (stop_requested_.exchange(true)) return;
    for (auto& each : threads_) each->post_stop();
}

void shard_set::note_error(std::error_code error) {
    {
        const std::lock_guard lock(mutex_);
        if (stop_requested() && is_stopped(error)) return;
        if (!error_ && !exception_) error_ = error;
    }
    request_stop();
}

void shard_set::note_exception(std::exception_ptr exception) {
    {
        const std::lock_guard lock(mutex_);
        if (!error_ && !exception_) exception_ = std::move(exception);
    }
    request_stop();
}

void shard_set::main_ended() noexcept {
    if (running_.fetch_sub(1) > 1) return;
    for (auto& each : threads_) each->post_end();
}

void shard_set::dump_all() noexcept {
    for (auto& each : threads_) each->post_dump();
}

}  // namespace weir::detail
