// SPDX-License-Identifier: Apache-2.0
#include "stall_detector.hpp"

#include "blocked_signals.hpp"
#include "coro/symbols.hpp"

#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>

namespace weir {

std::string stall_report::to_text() const {
    const auto in_ms = [](std::chrono::nanoseconds duration) {
        return std::to_string(std::chrono::round<std::chrono::milliseconds>(duration).count());
    };
    std::string text = "shard " + std::to_string(shard_) + " stalled for " + in_ms(so_far_) +
                       " ms, " + in_ms(on_processor_) + " ms of it on a processor";
    for (std::size_t i = 0; i < stack_.size(); ++i) {
        text += (i == 0 ? ": " : " <- ") + stack_[i];
    }
    return text;
}

void print_stall(const stall_report& report) {
    std::fprintf(stderr, "weir: %s\n", report.to_text().c_str());
}

namespace detail {
namespace {

// Ignored by default, so that one which comes too late does no harm; few programs use it, and
// those that do want it for out-of-band data, which weir does not offer.
constexpr int interrupt_signal = SIGURG;
// On a loaded machine the thread may have to wait for a processor before it takes the signal.
constexpr auto longest_capture = std::chrono::milliseconds(100);
constexpr auto capture_step = std::chrono::microseconds(50);
// How many idle looks make the detector go to sleep, and how long it sleeps at most. A loop that
// wakes it may be missed once, because neither side pays for a fence; hence the bound.
constexpr unsigned idle_looks = 100;
constexpr auto longest_sleep = std::chrono::seconds(1);

thread_local stack_capture* this_capture = nullptr;

extern "C" void weir_capture_stack(int) {
    const int before = errno;
    if (this_capture != nullptr) this_capture->fill();
    errno = before;
}

void install_handler() {
    // The first call loads the unwinder, which a signal handler must not do.
    void* frame = nullptr;
    static_cast<void>(::backtrace(&frame, 1));
    struct sigaction action{};
    action.sa_handler = weir_capture_stack;
    action.sa_flags = SA_RESTART;
    ::sigaction(interrupt_signal, &action, nullptr);
}

bool is_loop(std::string_view name) noexcept {
    return name.starts_with("weir::detail::run_queue::") || name.starts_with("weir::reactor::");
}

bool is_machinery(std::string_view name) noexcept {
    // An address or a name that cannot be demangled (awaiters with constraints) helps nobody.
    return name.starts_with("0x") || name.starts_with("_Z") ||
           name.starts_with("weir::detail::stack_capture") ||
           name.find("weir_capture_stack") != std::string_view::npos;
}

}  // namespace

void stack_capture::attach_to_this_thread() noexcept { this_capture = this; }
void stack_capture::detach_from_this_thread() noexcept { this_capture = nullptr; }

void stack_capture::fill() noexcept {
    if (state_.load(std::memory_order_acquire) != state::asked) return;
    depth_ = ::backtrace(frames_, max_depth);
    state_.store(state::filled, std::memory_order_release);
}

std::vector<std::string> stack_capture::take(pthread_t thread) {
    std::vector<std::string> names;
    state_.store(state::asked, std::memory_order_release);
    if (::pthread_kill(thread, interrupt_signal) != 0) return names;
    const auto limit = std::chrono::steady_clock::now() + longest_capture;
    while (state_.load(std::memory_order_acquire) != state::filled) {
        if (std::chrono::steady_clock::now() > limit) break;
        std::this_thread::sleep_for(capture_step);
    }
    state expected = state::asked;
    if (state_.compare_exchange_strong(expected, state::idle)) return names;
    for (int i = 0; i < depth_; ++i) {
        // A return address may be the first one of the next function.
        std::string name = function_name_at(reinterpret_cast<std::uintptr_t>(frames_[i]) - 1);
        if (is_loop(name)) break;
        if (!is_machinery(name)) names.push_back(std::move(name));
    }
    state_.store(state::idle, std::memory_order_release);
    return names;
}

stall_detector::stall_detector(std::vector<watched_loop> loops, std::chrono::nanoseconds threshold,
                               stall_hook hook, std::atomic<std::uint64_t>& count)
    : loops_(std::move(loops)), threshold_(threshold), hook_(std::move(hook)), count_(count) {
    install_handler();
    for (watched_loop& each : loops_) each.heartbeat().watch(this);
    const blocked_signals all;
    thread_ = std::thread([this] { watch(); });
}

stall_detector::~stall_detector() { stop(); }

void stall_detector::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void stall_detector::wake_up() noexcept {
    {
        const std::lock_guard lock(mutex_);
        sleeps_.store(false, std::memory_order_relaxed);
    }
    changed_.notify_all();
}

void stall_detector::watch() {
    // Half of the threshold, so that a stall is noticed after at most one and a half of it.
    const auto period = threshold_ / 2;
    unsigned idle = 0;
    std::unique_lock lock(mutex_);
    while (!ending_) {
        changed_.wait_for(lock, period, [this] { return ending_; });
        const auto now = std::chrono::steady_clock::now();
        bool all_idle = true;
        lock.unlock();
        for (watched_loop& each : loops_) all_idle = look_at(each, now) && all_idle;
        lock.lock();
        idle = all_idle ? idle + 1 : 0;
        if (idle < idle_looks) continue;
        sleeps_.store(true, std::memory_order_relaxed);
        changed_.wait_for(lock, longest_sleep, [this] { return ending_ || !sleeps(); });
        sleeps_.store(false, std::memory_order_relaxed);
        idle = 0;
    }
}

observed_thread observed_thread::current() {
    observed_thread thread;
    thread.id_ = ::pthread_self();
    const std::string path = "/proc/self/task/" + std::to_string(::gettid()) + "/schedstat";
    thread.schedstat_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return thread;
}

std::chrono::nanoseconds observed_thread::ran() const noexcept {
    clockid_t id{};
    timespec used{};
    if (::pthread_getcpuclockid(id_, &id) != 0 || ::clock_gettime(id, &used) != 0) return {};
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::chrono::nanoseconds observed_thread::queued() const noexcept {
    char text[128] = {};
    if (::pread(schedstat_.value(), text, sizeof text - 1, 0) <= 0) return {};
    long long ran = 0;
    long long queued = 0;
    if (std::sscanf(text, "%lld %lld", &ran, &queued) != 2) return {};
    return std::chrono::nanoseconds(queued);
}

bool stall_detector::look_at(watched_loop& loop, std::chrono::steady_clock::time_point now) {
    const std::uint64_t beat = loop.heartbeat().last_beat();
    if (beat != 0 && beat == loop.seen_) {
        ++loop.looks_;
        if (!loop.reported_) judge(loop, now - loop.since_);
        return false;
    }
    loop.seen_ = beat;
    loop.looks_ = 1;
    loop.since_ = now;
    loop.reported_ = false;
    if (beat != 0) loop.ran_ = loop.thread_->ran();
    return beat == 0;
}

void stall_detector::judge(watched_loop& loop, std::chrono::nanoseconds so_far) {
    // Most turns are never seen twice; only for those that are, the kernel's file is read.
    if (loop.looks_ == 2) {
        loop.queued_ = loop.thread_->queued();
        loop.confirmed_ = so_far;
    }
    if (so_far < threshold_) return;
    const auto waited = loop.thread_->queued() - loop.queued_;
    if (so_far - loop.confirmed_ - waited < threshold_ / 2) return;
    loop.reported_ = true;
    const auto on_processor = loop.thread_->ran() - loop.ran_;
    std::vector<std::string> stack = loop.capture_->take(loop.thread_->id());
    // It came round meanwhile: what was captured belongs to another turn.
    if (loop.heartbeat().last_beat() != loop.seen_) stack.clear();
    count_.fetch_add(1, std::memory_order_relaxed);
    if (hook_) hook_(stall_report(loop.shard_, so_far, on_processor, std::move(stack)));
}

}  // namespace detail

}  // namespace weir
