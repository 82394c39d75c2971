// SPDX-License-Identifier: Apache-2.0
// Waits with poll and then reads with read(2): reading a signalfd through the ring behaves
// differently from kernel to kernel. Source: signalfd(2).
#include <weir/io/signal.hpp>

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/io/op/poll.hpp>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace weir {

class signal_set::masks {
public:
    explicit masks(std::span<const int> signals) noexcept {
        ::sigemptyset(&taken_);
        for (const int signal : signals) {
            WEIR_ASSERT(::sigaddset(&taken_, signal) == 0, "signal_set was given no signal number");
        }
        ::pthread_sigmask(SIG_BLOCK, &taken_, &before_);
    }
    masks(const masks&) = delete;
    masks& operator=(const masks&) = delete;
    ~masks() {
        // Else a second SIGTERM during an orderly shutdown would kill the program at its end.
        constexpr timespec at_once{};
        while (::sigtimedwait(&taken_, nullptr, &at_once) >= 0 || errno == EINTR) {
        }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

    [[nodiscard]] const sigset_t& taken() const noexcept { return taken_; }

private:
    sigset_t taken_;
    sigset_t before_;
};

signal_set::signal_set(std::span<const int> signals) : masks_(std::make_unique<masks>(signals)) {}

signal_set::~signal_set() = default;

result<int> signal_set::descriptor() noexcept {
    if (!fd_) fd_.reset(::signalfd(-1, &masks_->taken(), SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd_) return fail(error_from_errno(errno));
    return fd_.value();
}

result<std::optional<int>> signal_set::try_next() noexcept {
    const result<int> fd = descriptor();
    if (!fd) return fail(fd.error());
    signalfd_siginfo signal{};
    const ssize_t size = ::read(*fd, &signal, sizeof signal);
    if (size == sizeof signal) return std::optional<int>(static_cast<int>(signal.ssi_signo));
    if (size < 0 && errno != EAGAIN && errno != EINTR) return fail(error_from_errno(errno));
    return std::optional<int>();
}

task<result<int>> signal_set::next() {
    const result<int> fd = descriptor();
    if (!fd) co_return fail(fd.error());
    while (true) {
        // The wait comes first, so that a stop is seen even where a signal is pending.
        op::poll readable(*fd, POLLIN);
        const result<unsigned> events = co_await readable;
        if (!events) co_return fail(events.error());
        const result<std::optional<int>> signal = try_next();
        if (!signal) co_return fail(signal.error());
        if (*signal) co_return **signal;
    }
}

}  // namespace weir
