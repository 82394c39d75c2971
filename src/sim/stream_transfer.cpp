// SPDX-License-Identifier: Apache-2.0
// The bytes of a simulated stream between its buffers and the program: send and receive.
#include "stream_descriptor.hpp"

#include "machine.hpp"
#include "network.hpp"
#include "simulated_kernel.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <utility>

namespace weir::sim {

namespace {

// As Linux has them where nobody asks for others (net.ipv4.tcp_rmem, tcp_wmem, after tuning).
constexpr int default_receive_buffer = 131'072;
constexpr int default_send_buffer = 131'072;
constexpr std::uint32_t notification_copied = 1U << 31U;  // IORING_NOTIF_USAGE_ZC_COPIED
constexpr std::uint16_t report_usage = 1U << 3U;          // IORING_SEND_ZC_REPORT_USAGE
constexpr std::chrono::seconds late{1};
constexpr std::size_t largest_result = std::numeric_limits<int>::max();

}  // namespace

std::size_t stream_descriptor::capacity() const {
    const int send = options_.number(SOL_SOCKET, SO_SNDBUF, default_send_buffer);
    const auto peer = peer_.lock();
    const int receive = peer == nullptr
                            ? default_receive_buffer
                            : peer->options_.number(SOL_SOCKET, SO_RCVBUF, default_receive_buffer);
    return static_cast<std::size_t>(send) + static_cast<std::size_t>(receive);
}

std::size_t stream_descriptor::room() const {
    const std::size_t all = capacity();
    return all > unread_by_peer_ ? all - unread_by_peer_ : 0;
}

// --- receive ----------------------------------------------------------------------------------

int stream_descriptor::take_some(std::byte* out, std::size_t room, bool may_be_short) {
    if (phase_ == phase::listening && !is_unix()) return -ENOTCONN;
    if (phase_ == phase::connected && home().faults().strikes(fault::reset)) return break_here();
    if (!received_.empty()) {
        std::size_t count = std::min({received_.size(), room, largest_result});
        if (may_be_short && count > 1 && home().faults().strikes(fault::short_receive)) {
            count = 1 + home().world().chance().below(count - 1);
        }
        received_.pop(out, count);
        bytes_read(count);
        return static_cast<int>(count);
    }
    if (is_unix()) return unix_receive_error();
    // In the order in which tcp_recvmsg asks.
    if (end_received_) return 0;
    if (error_ != 0) return -take_error();
    if ((shut_ & receive_shut) != 0) return 0;
    if (phase_ == phase::fresh || phase_ == phase::closed) return -ENOTCONN;
    return -EAGAIN;
}

void stream_descriptor::bytes_read(std::size_t count) {
    const auto peer = peer_.lock();
    if (peer == nullptr) return;
    const auto back = home().between().travel_time(home(), peer->home(), 0);
    if (back.count() == 0) return peer->read_by_peer(count);
    home().world().after(back, [peer, count] { peer->read_by_peer(count); });
}

void stream_descriptor::read_by_peer(std::size_t count) {
    unread_by_peer_ -= std::min(count, unread_by_peer_);
    unsigned tells = is_unix() ? unix_pieces_read(count) : 0;
    // Linux tells writers when a third of the buffer is free.
    if (was_full_ && room() * 3 < capacity()) return;
    if (std::exchange(was_full_, false)) tells = std::max(tells, 1U);
    for (; tells > 0; --tells) notify(POLLOUT);
}

bool stream_descriptor::attempt_receive(request& asked) {
    if (asked.is_multishot()) return receive_many(asked);
    auto* out = reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(asked.sqe.addr));
    const int got = take_some(out, asked.sqe.len, true);
    if (got == -EAGAIN && asked.may_wait()) return false;
    asked.kernel.complete(asked, got, 0);
    return true;
}

bool stream_descriptor::receive_many(request& asked) {
    for (;;) {
        const std::uint16_t group = asked.sqe.buf_group;
        const auto buffer = asked.kernel.pick_buffer(group);
        const int got = buffer ? take_some(buffer->memory, buffer->size, true) : -ENOBUFS;
        if (got == -EAGAIN) return false;
        if (got <= 0) {
            asked.kernel.complete(asked, got, 0);
            return true;
        }
        const std::uint32_t used = asked.kernel.use_buffer(group, static_cast<std::size_t>(got));
        asked.kernel.complete(asked, got, used | IORING_CQE_F_MORE);
        if (asked.is_over) return true;
    }
}

int stream_descriptor::receive_now(void* buffer, std::size_t size) {
    // A call gives all that is there: one that gives less says that no more is (epoll(7)).
    return take_some(static_cast<std::byte*>(buffer), size, false);
}

// --- send -------------------------------------------------------------------------------------

int stream_descriptor::give_some(const iovec* pieces, std::size_t count) {
    if (phase_ == phase::connected && home().faults().strikes(fault::reset)) return break_here();
    if (is_unix()) {
        if (const int error = unix_send_error(); error != 0) return error;
    }
    if (error_ != 0) return -take_error();
    if (phase_ == phase::connecting) return -EAGAIN;
    if (phase_ != phase::connected || (shut_ & send_shut) != 0) return -EPIPE;
    if (home().faults().strikes(fault::no_memory)) return -ENOMEM;
    std::size_t wanted = 0;
    for (std::size_t i = 0; i < count; ++i) wanted += pieces[i].iov_len;
    if (wanted == 0) return 0;
    std::size_t taken = std::min({wanted, room(), largest_result});
    if (taken < wanted) was_full_ = true;
    if (taken == 0) return -EAGAIN;
    if (taken > 1 && home().faults().strikes(fault::short_send)) {
        taken = 1 + home().world().chance().below(taken - 1);
    }
    segment next;
    next.data.reserve(taken);
    for (std::size_t i = 0; next.data.size() < taken; ++i) {
        const auto* data = static_cast<const std::byte*>(pieces[i].iov_base);
        const std::size_t size = std::min(pieces[i].iov_len, taken - next.data.size());
        next.data.insert(next.data.end(), data, data + size);
    }
    unread_by_peer_ += taken;
    if (is_unix()) unread_pieces_.push_back(taken);
    dispatch(std::move(next));
    return static_cast<int>(taken);
}

bool stream_descriptor::attempt_send(request& asked) {
    const bool is_zero_copy = asked.sqe.opcode == IORING_OP_SEND_ZC;
    const int sent = is_zero_copy && is_unix()
                         ? -EOPNOTSUPP
                         : give_some(asked.pieces.data(), asked.pieces.size());
    if (sent == -EAGAIN && asked.may_wait()) return false;
    if (is_zero_copy) {
        finish_zero_copy(asked, sent);
    } else {
        asked.kernel.complete(asked, sent, 0);
    }
    return true;
}

/// The result, and later the notification, until which the bytes must stay what they were. One that
/// failed is notified of, too.
void stream_descriptor::finish_zero_copy(request& asked, int sent) {
    simulated_kernel& kernel = asked.kernel;
    const bool copied = home().faults().strikes(fault::copied_send);
    const auto bytes = static_cast<std::size_t>(std::max(sent, 0));
    kernel.complete(asked, sent, IORING_CQE_F_MORE);
    if (!copied) asked.lend(bytes);
    const auto self = kernel.keep(asked);
    const auto notify_of_it = [self, copied] {
        if (self->is_over) return;
        const bool tells = (self->sqe.ioprio & report_usage) != 0;
        const int usage = copied && tells ? static_cast<int>(notification_copied) : 0;
        self->kernel.complete(*self, usage, IORING_CQE_F_NOTIF);
    };
    engine& world = home().world();
    if (home().faults().strikes(fault::withheld_notification)) {
        withheld_.emplace_back(notify_of_it);
        return;
    }
    const bool is_late = home().faults().strikes(fault::late_notification);
    const auto peer = peer_.lock();
    const auto travel = peer == nullptr
                            ? std::chrono::nanoseconds{}
                            : home().between().travel_time(home(), peer->home(), bytes) * 2;
    world.after(is_late ? late : travel, notify_of_it);
}

int stream_descriptor::send_now(const msghdr& message) {
    return give_some(message.msg_iov, message.msg_iovlen);
}

}  // namespace weir::sim
