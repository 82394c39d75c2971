// SPDX-License-Identifier: Apache-2.0
#include <weir/net/tcp_acceptor.hpp>

#include "io/kernel.hpp"
#include "io/op/requests.hpp"

#include <weir/base/error.hpp>
#include <weir/base/unique_fd.hpp>
#include <weir/io/operation.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <deque>
#include <utility>

namespace weir::net {

namespace detail {

namespace {
/// How long accepting pauses when no descriptor is free.
constexpr std::chrono::milliseconds shortage_pause{20};
/// Accepted connections kept for a slow caller; beyond it the rest waits in the backlog.
constexpr std::size_t max_unclaimed = 1024;

bool is_shortage(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}
/// Whether accepting again would only fail again. All others concern one connection (accept(2)).
bool is_final(int error) noexcept {
    return error == EBADF || error == EINVAL || error == ENOTSOCK || error == EOPNOTSUPP;
}
}  // namespace

/// The multishot accept behind an acceptor. Outlives the handle until its last completion.
///
///   idle --accept()--> armed --shortage--> pausing --timer--> armed
///   armed --too many unclaimed--> stopping --claimed--> armed;   any --close--> closing -->
///   deleted
class accept_core final : public operation, private timer {
public:
    explicit accept_core(int fd) noexcept : fd_(fd) {}
    ~accept_core() { drop_unclaimed(); }

    /// Gives a connection that waits, or the next one, to `waiter`. Returns true when at once.
    [[nodiscard]] bool wait(tcp_acceptor::accept_awaiter& waiter) noexcept {
        WEIR_ASSERT(waiter_ == nullptr, "a second accept was started while one is in flight");
        if (!unclaimed_.empty()) {
            waiter.take(unclaimed_.front());
            unclaimed_.pop_front();
            return true;
        }
        waiter_ = &waiter;
        arm();
        return false;
    }
    void forget() noexcept { waiter_ = nullptr; }

    void close() noexcept {
        closing_ = true;
        drop_unclaimed();
        reactor::current().timers().disarm(*this);
        reactor::current().add_closing();
        if (auto* waiter = std::exchange(waiter_, nullptr)) waiter->take(-EBADF);
        if (!is_active()) return finish();
        cancel();
    }

    void prepare(io_uring_sqe& sqe) noexcept override {
        op::fill_accept_multishot(sqe, fd_.value());
    }

    void complete(int result, std::uint32_t, bool more) noexcept override {
        if (result >= 0) {
            claim_or_keep(result, more);
        } else if (is_shortage(-result)) {
            ++shortages_;
            is_short_ = true;
        } else if (is_final(-result) && waiter_ != nullptr) {
            std::exchange(waiter_, nullptr)->take(result);
        }
        if (more) return;
        if (closing_) return finish();
        // Errors of a single connection (ECONNABORTED ...) end the request, not the acceptor.
        if (is_short_) return pause();
        if (waiter_ != nullptr) arm();
    }

    [[nodiscard]] std::uint64_t shortages() const noexcept { return shortages_; }

private:
    void arm() noexcept {
        if (!is_active() && !timer::is_armed()) start();
    }
    void pause() noexcept {
        is_short_ = false;
        reactor& loop = reactor::current();
        loop.timers().arm(*this, loop.now() + shortage_pause);
    }
    void expired() noexcept override { start(); }

    void claim_or_keep(int fd, bool more) noexcept {
        if (closing_) return reactor::current().system().close_now(fd);
        if (auto* waiter = std::exchange(waiter_, nullptr)) return waiter->take(fd);
        unclaimed_.push_back(fd);
        if (more && unclaimed_.size() >= max_unclaimed) cancel();
    }
    void drop_unclaimed() noexcept {
        for (const int fd : unclaimed_) reactor::current().system().close_now(fd);
        unclaimed_.clear();
    }
    void finish() noexcept {
        reactor::current().remove_closing();
        delete this;
    }

    unique_fd fd_;
    tcp_acceptor::accept_awaiter* waiter_ = nullptr;
    std::deque<int> unclaimed_;
    std::uint64_t shortages_ = 0;
    bool is_short_ = false;
    bool closing_ = false;
};

void accept_core_closer::operator()(accept_core* core) const noexcept { core->close(); }

}  // namespace detail

namespace {

result<void> prepare_listener(kernel& system, int fd, const endpoint& where,
                              const socket_options& options) {
    const auto set = [&](int level, int name) {
        const int on = 1;
        return system.set_option(fd, level, name, &on, sizeof on);
    };
    int error = 0;
    const bool is_ip = where.family() != family::unix_path;
    if (options.reuse_address && is_ip) error = set(SOL_SOCKET, SO_REUSEADDR);
    if (error == 0 && options.reuse_port && is_ip) error = set(SOL_SOCKET, SO_REUSEPORT);
    if (error == 0 && options.ipv6_only && where.family() == family::ipv6) {
        error = set(IPPROTO_IPV6, IPV6_V6ONLY);
    }
    if (error < 0) return fail(error_from_errno(-error));
    // Before listening: a connection may be there right after, and inherits what is set by then.
    auto applied = detail::apply_options(system, fd, where.native()->sa_family, options);
    if (!applied) return applied;
    error = system.bind(fd, where.native(), where.native_size());
    if (error == 0) error = system.listen(fd, static_cast<int>(options.backlog));
    if (error < 0) return fail(error_from_errno(-error));
    return {};
}

}  // namespace

tcp_acceptor::tcp_acceptor(int fd, endpoint local)
    : core_(new detail::accept_core(fd)), local_(std::move(local)) {}

result<tcp_acceptor> tcp_acceptor::listen(const endpoint& where, const socket_options& options) {
    if (where.family() == family::unspecified) return fail(std::errc::invalid_argument);
    kernel& system = reactor::current().system();
    const int opened = system.socket(where.native()->sa_family, SOCK_STREAM, 0);
    if (opened < 0) return fail(error_from_errno(-opened));
    unique_fd fd(opened);
    if (auto prepared = prepare_listener(system, opened, where, options); !prepared) {
        return fail(prepared.error());
    }
    sockaddr_storage address{};
    unsigned size = sizeof address;
    const int named = system.local_address(opened, reinterpret_cast<sockaddr*>(&address), &size);
    if (named < 0) return fail(error_from_errno(-named));
    return tcp_acceptor(fd.release(),
                        endpoint::from_native(reinterpret_cast<sockaddr*>(&address), size));
}

tcp_acceptor::accept_awaiter tcp_acceptor::accept() noexcept { return accept_awaiter(core_.get()); }

std::uint64_t tcp_acceptor::descriptor_shortages() const noexcept { return core_->shortages(); }

bool tcp_acceptor::accept_awaiter::begin(weir::detail::promise_base& promise) noexcept {
    if (core_ == nullptr || promise.ambient().is_stopped()) {
        outcome_ = core_ == nullptr ? -EBADF : -ECANCELED;
        return false;
    }
    if (core_->wait(*this)) return false;
    suspend(promise);
    return true;
}

void tcp_acceptor::accept_awaiter::take(int fd_or_error) noexcept {
    outcome_ = fd_or_error;
    if (is_waiting()) wake();
}

void tcp_acceptor::accept_awaiter::request_stop() noexcept {
    core_->forget();
    outcome_ = -ECANCELED;
    wake();
}

result<tcp_socket> tcp_acceptor::accept_awaiter::await_resume() {
    if (outcome_ < 0) return fail(error_from_errno(-outcome_));
    return tcp_socket(outcome_);
}

}  // namespace weir::net
