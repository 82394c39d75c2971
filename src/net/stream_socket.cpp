// SPDX-License-Identifier: Apache-2.0
#include <weir/net/stream_socket.hpp>

#include "io/kernel.hpp"

#include <weir/base/error.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/detail/progress_awaiter.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace weir::net {

using weir::detail::promise_base;

stream_socket::read_awaiter stream_socket::read_some(mutable_bytes buffer) noexcept {
    WEIR_ASSERT(!buffer.empty(), "read_some needs room for at least one byte");
    return read_awaiter(core().receiver(), buffer);
}

stream_socket::send_awaiter stream_socket::send(const send_buffer& data) {
    return send_awaiter(core().sender(), buffer_lease(), data, bytes());
}
stream_socket::send_awaiter stream_socket::send_copy(bytes data) {
    return send_awaiter(core().sender(), buffer_lease(), send_buffer(), data);
}

task<result<std::size_t>> stream_socket::write_all(bytes data) {
    detail::sender& to = core().sender();
    if (auto running = co_await check_stopped(); !running) co_return fail(running.error());
    if (to.error()) co_return fail(to.error());
    const std::uint64_t ticket = to.push_borrowed(data);
    while (!to.sent_through(ticket)) {
        const result<void> progress = co_await detail::progress_awaiter(to);
        if (progress || to.sent_through(ticket)) continue;
        // The kernel may be reading from `data`: it is ours again only when nothing is in flight.
        const std::error_code error = progress.error();
        to.fail(error.category() == std::system_category() ? error.value() : ECANCELED);
        while (to.is_active()) {
            static_cast<void>(
                co_await shield(detail::progress_awaiter(to), std::chrono::nanoseconds::max()));
        }
        co_return fail(error);
    }
    co_return data.size();
}

task<result<void>> stream_socket::shutdown_send() {
    detail::sender& to = core().sender();
    const int fd = core().fd();  // this handle may be moved while we wait
    if (auto running = co_await check_stopped(); !running) co_return fail(running.error());
    to.push_end();
    while (!to.has_sent_all()) {
        const result<void> progress = co_await detail::progress_awaiter(to);
        if (!progress) co_return fail(progress.error());
    }
    // The kernel would end the stream ahead of records that it still holds back; a peer that speaks
    // TLS has been told.
    if (to.kernel_seals() && !to.has_failed()) co_return {};
    // Not op::shutdown: Linux does that one on a thread of its own.
    const int outcome = reactor::current().system().shut_down(fd, SHUT_WR);
    if (outcome < 0) co_return fail(error_from_errno(-outcome));
    co_return {};
}

void stream_socket::abort() noexcept {
    const linger at_once{1, 0};
    static_cast<void>(reactor::current().system().set_option(core().fd(), SOL_SOCKET, SO_LINGER,
                                                             &at_once, sizeof at_once));
    core().sender().fail(ECONNABORTED);
    core_.reset();
}

stream_socket::close_awaiter stream_socket::close(std::chrono::nanoseconds linger) noexcept {
    return close_awaiter(std::move(core_), linger);
}

namespace {

template <class Call>
result<endpoint> ask_address(int fd, Call&& call) {
    sockaddr_storage address{};
    unsigned size = sizeof address;
    const int error = call(fd, reinterpret_cast<sockaddr*>(&address), &size);
    if (error < 0) return fail(error_from_errno(-error));
    return endpoint::from_native(reinterpret_cast<sockaddr*>(&address), size);
}

void describe_receive(std::string& out) { out += "receive"; }

}  // namespace

result<endpoint> stream_socket::local_endpoint() const {
    return ask_address(core().fd(), [](int fd, sockaddr* out, unsigned* size) {
        return reactor::current().system().local_address(fd, out, size);
    });
}
result<endpoint> stream_socket::peer_endpoint() const {
    return ask_address(core().fd(), [](int fd, sockaddr* out, unsigned* size) {
        return reactor::current().system().peer_address(fd, out, size);
    });
}

bool stream_socket::receive_awaiter::begin(promise_base& promise) noexcept {
    if (promise.ambient().is_stopped()) {
        error_ = stopped_error();
        return false;
    }
    if (from_.wait(*this)) return false;
    suspend(promise);
    return true;
}
void stream_socket::receive_awaiter::request_stop() noexcept {
    from_.forget();
    error_ = stopped_error();
    wake();
}
void stream_socket::receive_awaiter::describe(std::string& out) const { describe_receive(out); }
bool stream_socket::receive_awaiter::take_bytes(buffer_lease&& arrived) noexcept {
    arrived_ = std::move(arrived);
    if (is_waiting()) wake();
    return true;
}
void stream_socket::receive_awaiter::take_end(std::error_code error) noexcept {
    error_ = error;
    if (is_waiting()) wake();
}

bool stream_socket::read_awaiter::begin(promise_base& promise) noexcept {
    if (promise.ambient().is_stopped()) {
        error_ = stopped_error();
        return false;
    }
    if (from_.wait(*this)) return false;
    suspend(promise);
    return true;
}
void stream_socket::read_awaiter::request_stop() noexcept {
    from_.forget();
    error_ = stopped_error();
    wake();
}
void stream_socket::read_awaiter::describe(std::string& out) const { describe_receive(out); }
bool stream_socket::read_awaiter::take_direct(std::size_t size) noexcept {
    size_ = size;
    wake();
    return true;
}
bool stream_socket::read_awaiter::take_bytes(buffer_lease&& arrived) noexcept {
    size_ = std::min(arrived.size(), into_.size());
    std::memcpy(into_.data(), arrived.data().data(), size_);
    if (size_ < arrived.size()) {
        arrived.narrow(arrived.data().subspan(size_));
        from_.put_back(std::move(arrived));
    }
    if (is_waiting()) wake();
    return true;
}
void stream_socket::read_awaiter::take_end(std::error_code error) noexcept {
    error_ = error;
    if (is_waiting()) wake();
}

bool stream_socket::send_awaiter::queue() {
    if (to_.has_failed()) return false;
    queued_ = true;
    if (!lease_.empty()) {
        to_.push(std::move(lease_));
    } else if (!shared_.empty()) {
        to_.push(shared_);
    } else {
        to_.push_copy(copied_);
    }
    return to_.is_above_high_water();
}

void stream_socket::close_awaiter::begin(promise_base& promise) noexcept {
    suspend(promise);
    closing_ = core_.release();
    closing_->begin_close(linger_, this);
    if (promise.ambient().is_stopped()) closing_->hurry_close();
}
void stream_socket::close_awaiter::closed(std::error_code error) noexcept {
    error_ = error;
    wake();
}

}  // namespace weir::net
