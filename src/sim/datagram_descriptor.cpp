// SPDX-License-Identifier: Apache-2.0
#include "datagram_descriptor.hpp"

#include "machine.hpp"
#include "network.hpp"
#include "simulated_kernel.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace weir::sim {

namespace {

constexpr int default_receive_buffer = 212'992;  // net.core.rmem_default
constexpr std::size_t largest_ipv4_datagram = 65'507;
constexpr std::size_t largest_ipv6_datagram = 65'527;
constexpr std::size_t largest_length = 65'535;  // that the header of UDP can tell
constexpr unsigned receive_shut = 1;
constexpr unsigned send_shut = 2;

int copy_address(const net::endpoint& from, sockaddr* out, unsigned* size) {
    std::memcpy(out, from.native(), std::min(*size, from.native_size()));
    *size = from.native_size();
    return 0;
}

}  // namespace

datagram_descriptor::datagram_descriptor(machine& home, int family)
    : descriptor(home),
      local_(net::endpoint::any(0, family == AF_INET6 ? net::family::ipv6 : net::family::ipv4)) {}

int datagram_descriptor::bind(const sockaddr* address, unsigned size) {
    const net::endpoint where = net::endpoint::from_native(address, size);
    if (where.family() == net::family::unspecified) return -EAFNOSUPPORT;
    if (local_.port() != 0) return -EINVAL;
    if (!home().owns(where)) return -EADDRNOTAVAIL;
    const bool shared = options_.number(SOL_SOCKET, SO_REUSEPORT, 0) != 0;
    const std::uint16_t port = home().datagram_ports().take(where, shared_from_this(), shared);
    if (port == 0) return -EADDRINUSE;
    local_ = where;
    local_.set_port(port);
    return 0;
}

int datagram_descriptor::local_address(sockaddr* out, unsigned* size) const {
    return copy_address(local_, out, size);
}
int datagram_descriptor::peer_address(sockaddr* out, unsigned* size) const {
    if (peer_.family() == net::family::unspecified) return -ENOTCONN;
    return copy_address(peer_, out, size);
}
int datagram_descriptor::set_option(int level, int name, const void* value, unsigned size) {
    return options_.set(level, name, value, size);
}
int datagram_descriptor::option(int level, int name, void* value, unsigned* size) {
    if (level == SOL_SOCKET && name == SO_ERROR && *size >= sizeof(int)) {
        const int error = std::exchange(error_, 0);
        std::memcpy(value, &error, sizeof error);
        *size = sizeof error;
        return 0;
    }
    return options_.get(level, name, value, size);
}

bool datagram_descriptor::attempt(request& asked) {
    const auto answer = [&](int result) {
        asked.kernel.complete(asked, result, 0);
        return true;
    };
    const auto named = [&] {
        return net::endpoint::from_native(reinterpret_cast<const sockaddr*>(asked.name.data()),
                                          static_cast<unsigned>(asked.name.size()));
    };
    switch (asked.sqe.opcode) {
        case IORING_OP_CONNECT:
            return answer(connect(named()));
        case IORING_OP_SEND:
        case IORING_OP_SENDMSG:
            return answer(send(asked.pieces.data(), asked.pieces.size(),
                               asked.name.empty() ? peer_ : named()));
        case IORING_OP_RECV:
        case IORING_OP_RECVMSG:
            return asked.is_multishot() ? receive_messages(asked) : receive_one(asked);
        case IORING_OP_SHUTDOWN:
            return answer(shut_down(static_cast<int>(asked.sqe.len)));
        default:
            return answer(-EOPNOTSUPP);
    }
}

unsigned datagram_descriptor::readiness() const noexcept {
    // As udp_poll has it.
    unsigned events = POLLOUT;
    if (error_ != 0) events |= POLLERR;
    if (shut_ == (receive_shut | send_shut)) events |= POLLHUP;
    if ((shut_ & receive_shut) != 0) events |= POLLIN | POLLRDHUP;
    if (!received_.empty()) events |= POLLIN;
    return events;
}

void datagram_descriptor::released() { home().datagram_ports().give_back(*this); }

void datagram_descriptor::bind_to_any() {
    if (local_.port() != 0) return;
    local_.set_port(home().datagram_ports().take(local_, shared_from_this(), false));
}

int datagram_descriptor::connect(const net::endpoint& peer) {
    if (peer.family() == net::family::unspecified) return -EAFNOSUPPORT;
    bind_to_any();
    peer_ = peer;
    const std::uint16_t port = local_.port();
    local_ = home().source_towards(peer);
    local_.set_port(port);
    return 0;
}

int datagram_descriptor::shut_down(int how) {
    if (how < SHUT_RD || how > SHUT_RDWR) return -EINVAL;
    // Linux keeps it in mind for a socket without a peer, too.
    shut_ |= static_cast<unsigned>(how) + 1;
    notify(every_event);
    return peer_.family() == net::family::unspecified ? -ENOTCONN : 0;
}

// --- send -------------------------------------------------------------------------------------

int datagram_descriptor::send(const iovec* pieces, std::size_t count, const net::endpoint& target) {
    std::vector<std::byte> data;
    for (std::size_t i = 0; i < count; ++i) {
        const auto* first = static_cast<const std::byte*>(pieces[i].iov_base);
        data.insert(data.end(), first, first + pieces[i].iov_len);
    }
    // In the order in which udp_sendmsg and udpv6_sendmsg ask.
    bind_to_any();
    const auto size = data.size();
    const bool is_ipv6 = local_.family() == net::family::ipv6;
    if (size > largest_length && !is_ipv6) return -EMSGSIZE;
    if (target.family() == net::family::unspecified) return -EDESTADDRREQ;
    if (size > (is_ipv6 ? largest_ipv6_datagram : largest_ipv4_datagram)) return -EMSGSIZE;
    if (error_ != 0) return -std::exchange(error_, 0);
    if ((shut_ & send_shut) != 0) return -EPIPE;
    // It has left the socket, which tells those who wait to send.
    notify(POLLOUT);
    machine* there = home().between().find(home(), target);
    if (there == nullptr || home().between().loses_datagram(home(), *there)) {
        return static_cast<int>(size);
    }
    net::endpoint source = home().source_towards(target);
    source.set_port(local_.port());
    const auto me = std::static_pointer_cast<datagram_descriptor>(shared_from_this());
    const auto arrive = [me, there, target, message = datagram(source, std::move(data))] {
        if (!there->is_up()) return;
        const auto receiver = listener_at(*there, target, message.from);
        if (receiver == nullptr) return me->refused(target);
        receiver->deliver(message);
    };
    const auto travel = home().between().travel_time(home(), *there, size);
    if (travel.count() == 0) {
        arrive();
    } else {
        home().world().after(travel, arrive);
    }
    return static_cast<int>(size);
}

int datagram_descriptor::send_now(const msghdr& message) {
    const net::endpoint target =
        message.msg_name == nullptr
            ? peer_
            : net::endpoint::from_native(static_cast<const sockaddr*>(message.msg_name),
                                         message.msg_namelen);
    return send(message.msg_iov, message.msg_iovlen, target);
}

bool datagram_descriptor::hears(const net::endpoint& source) const noexcept {
    return peer_.family() == net::family::unspecified || peer_ == source;
}

/// Who is connected to the source comes before who hears everybody.
std::shared_ptr<datagram_descriptor> datagram_descriptor::listener_at(machine& there,
                                                                      const net::endpoint& target,
                                                                      const net::endpoint& source) {
    std::shared_ptr<datagram_descriptor> found;
    for (const auto& each : there.datagram_ports().at(target)) {
        auto socket = std::static_pointer_cast<datagram_descriptor>(each);
        if (socket->is_released() || !socket->hears(source)) continue;
        const bool is_connected = socket->peer_ == source;
        if (found == nullptr || is_connected) found = std::move(socket);
        if (is_connected) break;
    }
    return found;
}

void datagram_descriptor::deliver(datagram arrived) {
    const auto limit =
        static_cast<std::size_t>(options_.number(SOL_SOCKET, SO_RCVBUF, default_receive_buffer));
    if (received_bytes_ + arrived.data.size() > limit) return;
    received_bytes_ += arrived.data.size();
    received_.push_back(std::move(arrived));
    notify(POLLIN);
}

void datagram_descriptor::refused(const net::endpoint& target) {
    // Only a socket that is connected there is told (ICMP port unreachable).
    if (!(peer_ == target)) return;
    error_ = ECONNREFUSED;
    notify(POLLERR);
}

// --- receive ----------------------------------------------------------------------------------

int datagram_descriptor::take_error() {
    if (error_ != 0) return -std::exchange(error_, 0);
    return received_.empty() ? -EAGAIN : 0;
}

datagram_descriptor::datagram datagram_descriptor::take() {
    datagram first = std::move(received_.front());
    received_.pop_front();
    received_bytes_ -= first.data.size();
    return first;
}

int datagram_descriptor::receive_now(void* buffer, std::size_t size) {
    if (const int error = take_error(); error != 0) return error;
    const datagram first = take();
    const std::size_t taken = std::min(first.data.size(), size);
    if (taken > 0) std::memcpy(buffer, first.data.data(), taken);
    return static_cast<int>(taken);
}

bool datagram_descriptor::receive_one(request& asked) {
    if (int error = take_error(); error != 0) {
        if (error == -EAGAIN && asked.may_wait()) {
            if ((shut_ & receive_shut) == 0) return false;
            error = 0;  // Linux says so when it has looked 128 times
        }
        asked.kernel.complete(asked, error, 0);
        return true;
    }
    const datagram first = take();
    std::size_t taken = 0;
    for (const iovec& each : asked.pieces) {
        const std::size_t part = std::min(first.data.size() - taken, each.iov_len);
        if (part > 0) std::memcpy(each.iov_base, first.data.data() + taken, part);
        taken += part;
    }
    if (asked.sqe.opcode == IORING_OP_RECVMSG) {
        auto& message = *reinterpret_cast<msghdr*>(static_cast<std::uintptr_t>(asked.sqe.addr));
        copy_address(first.from, static_cast<sockaddr*>(message.msg_name), &message.msg_namelen);
        message.msg_flags = taken < first.data.size() ? MSG_TRUNC : 0;
        message.msg_controllen = 0;
    }
    asked.kernel.complete(asked, static_cast<int>(taken), 0);
    return true;
}

bool datagram_descriptor::receive_messages(request& asked) {
    while (receive_message(asked)) {
        if (asked.is_over) return true;
    }
    return false;
}

/// One completion, laid out as io_uring_recvmsg_out; false when nothing is there.
bool datagram_descriptor::receive_message(request& asked) {
    const auto buffer = asked.kernel.pick_buffer(asked.sqe.buf_group);
    if (!buffer) {
        asked.kernel.complete(asked, -ENOBUFS, 0);
        return true;
    }
    if (const int error = take_error(); error != 0) {
        if (error == -EAGAIN) return false;
        asked.kernel.complete(asked, error, 0);
        return true;
    }
    const datagram arrived = take();
    const std::size_t head = sizeof(io_uring_recvmsg_out) + asked.name_room + asked.control_room;
    if (buffer->size < head) {
        asked.kernel.complete(asked, -EFAULT, 0);
        return true;
    }
    const std::size_t taken = std::min(arrived.data.size(), buffer->size - head);
    io_uring_recvmsg_out layout{};
    layout.namelen = arrived.from.native_size();
    layout.payloadlen = static_cast<std::uint32_t>(taken);
    layout.flags = taken < arrived.data.size() ? MSG_TRUNC : 0;
    std::memcpy(buffer->memory, &layout, sizeof layout);
    std::memcpy(buffer->memory + sizeof layout, arrived.from.native(),
                std::min<std::size_t>(asked.name_room, arrived.from.native_size()));
    if (taken > 0) std::memcpy(buffer->memory + head, arrived.data.data(), taken);
    const std::uint32_t used = asked.kernel.use_buffer(asked.sqe.buf_group, buffer->size);
    // Linux takes an empty one for an end.
    const std::uint32_t more = arrived.data.empty() ? 0 : IORING_CQE_F_MORE;
    asked.kernel.complete(asked, static_cast<int>(head + taken), used | more);
    return true;
}

}  // namespace weir::sim
