// SPDX-License-Identifier: Apache-2.0
#include "datagram_program.hpp"

#include "socket_run.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace weir::sim::test {

namespace {

enum operation : unsigned {
    bind_new,
    open_new,
    connect,
    send,
    send_to,
    send_now,
    receive,
    receive_message,
    receive_messages,
    receive_now,
    poll,
    poll_many,
    shut_down,
    close,
    cancel_some,
    names,
    operations
};
constexpr std::array<const char*, operations> operation_names{"bind",
                                                              "open",
                                                              "connect",
                                                              "send",
                                                              "send_to",
                                                              "send_now",
                                                              "receive",
                                                              "receive_message",
                                                              "receive_messages",
                                                              "receive_now",
                                                              "poll",
                                                              "poll_many",
                                                              "shut_down",
                                                              "close",
                                                              "cancel",
                                                              "names"};

constexpr std::size_t buffer_bytes = 1024;
constexpr std::size_t too_long = 66'000;
constexpr unsigned source_bytes = sizeof(sockaddr_in6);

class datagram_run final : public socket_run {
public:
    explicit datagram_run(const scene& place, int family)
        : socket_run(place, operation_names, family, buffer_bytes) {}

private:
    void perform(const step& now) override;
    [[nodiscard]] std::string describe(const asked_request& asked,
                                       const io_uring_cqe& answer) override;

    void open_socket(bool is_bound);
    [[nodiscard]] std::string name_of(const net::endpoint& where) const;
    [[nodiscard]] static std::size_t size_of(const step& now);
    void fill(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd);
    void fill_send(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd);
    [[nodiscard]] bool call(const step& now, int fd);
    void tell_names(int fd);
    [[nodiscard]] std::string describe_message(const asked_request& asked, std::size_t size) const;
    [[nodiscard]] std::string describe_buffer(const io_uring_cqe& answer);

    std::vector<net::endpoint> addresses_;  // of bound sockets
};

// --- steps ------------------------------------------------------------------------------------

void datagram_run::perform(const step& now) {
    if (now.operation == bind_new || now.operation == open_new) {
        return open_socket(now.operation == bind_new);
    }
    if (now.operation == cancel_some) return cancel(now.operation, now.which);
    const auto slot = pick(now.which);
    if (!slot) return;
    const int fd = open_[*slot];
    if (call(now, fd)) return;
    if (now.operation == close) open_[*slot] = -1;
    ask(now.operation, [&](io_uring_sqe& sqe, asked_request& asked) { fill(sqe, asked, now, fd); });
}

void datagram_run::open_socket(bool is_bound) {
    const int fd = system_.socket(family_, SOCK_DGRAM, 0);
    if (fd < 0) return note_result("socket", fd);
    open_.push_back(fd);
    if (!is_bound) return;
    const auto where =
        family_ == AF_INET ? net::endpoint::loopback(0) : *net::endpoint::ip("::1", 0);
    note_result("bind", system_.bind(fd, where.native(), where.native_size()));
    addresses_.push_back(address_of(fd));
}

/// Ports differ from run to run, so a source is told by the socket that has it.
std::string datagram_run::name_of(const net::endpoint& where) const {
    for (std::size_t i = 0; i < open_.size(); ++i) {
        if (open_[i] >= 0 && address_of(open_[i]).port() == where.port()) {
            return " from socket " + std::to_string(i);
        }
    }
    return " from a closed one";
}

/// Most have bytes; some are empty, and some longer than any datagram.
std::size_t datagram_run::size_of(const step& now) {
    constexpr unsigned one_of = 16;
    if (now.other % one_of == 0) return 0;
    return now.other % one_of == 1 ? too_long : now.size;
}

void datagram_run::fill(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd) {
    const unsigned mask = mask_of(now);
    const unsigned flags = now.other % 2 == 0 ? MSG_DONTWAIT : 0;
    asked.message.msg_name = asked.name.data();
    asked.message.msg_namelen = source_bytes;
    switch (now.operation) {
        case connect:
            asked.target = addresses_[now.other % addresses_.size()];
            return ::io_uring_prep_connect(&sqe, fd, asked.target.native(),
                                           asked.target.native_size());
        case receive:
            return ::io_uring_prep_recv(&sqe, fd, asked.memory.data(), now.size,
                                        static_cast<int>(flags));
        case receive_message:
            divide(asked, now.size, 1 + now.other % asked.pieces.size());
            return ::io_uring_prep_recvmsg(&sqe, fd, &asked.message, flags);
        case receive_messages:
            ::io_uring_prep_recvmsg_multishot(&sqe, fd, &asked.message, 0);
            sqe.flags |= IOSQE_BUFFER_SELECT;
            sqe.buf_group = provided_buffers::group;
            return;
        case poll:
            return ::io_uring_prep_poll_add(&sqe, fd, mask);
        case poll_many:
            // Not for room to send: a send tells of it, too, and whether that is seen before or
            // after what the send does to its own socket is a matter of Linux's queues.
            return ::io_uring_prep_poll_multishot(&sqe, fd, (mask | POLLIN) & ~unsigned{POLLOUT});
        case shut_down:
            // What waits to receive where nothing more is received ends only when Linux has looked
            // 128 times.
            return ::io_uring_prep_shutdown(&sqe, fd, SHUT_WR);
        case close:
            return ::io_uring_prep_close(&sqe, fd);
        default:
            return fill_send(sqe, asked, now, fd);
    }
}

void datagram_run::fill_send(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd) {
    const std::size_t size = size_of(now);
    asked.memory.resize(std::max(size, asked.memory.size()));
    for (std::byte& each : asked.memory) each = static_cast<std::byte>(next_byte_++);
    if (now.operation == send) {
        return ::io_uring_prep_send(&sqe, fd, asked.memory.data(), size, MSG_NOSIGNAL);
    }
    asked.target = addresses_[now.size % addresses_.size()];
    asked.message.msg_name = const_cast<sockaddr*>(asked.target.native());
    asked.message.msg_namelen = asked.target.native_size();
    divide(asked, size, 1 + now.other % asked.pieces.size());
    ::io_uring_prep_sendmsg(&sqe, fd, &asked.message, MSG_NOSIGNAL);
}

/// The calls beside the ring; false when `now` is a request.
bool datagram_run::call(const step& now, int fd) {
    switch (now.operation) {
        case names:
            return tell_names(fd), true;
        case send_now:
            return send_at_once(fd, size_of(now)), true;
        case receive_now:
            return receive_at_once(fd, now.size), true;
        default:
            return false;
    }
}

void datagram_run::tell_names(int fd) {
    note(address_of(fd).port() == 0 ? "no port" : "a port");
    tell_peer_and_error(fd);
}

// --- answers ----------------------------------------------------------------------------------

std::string datagram_run::describe(const asked_request& asked, const io_uring_cqe& answer) {
    if (answer.res < 0) return std::to_string(answer.res);
    const auto size = static_cast<std::size_t>(answer.res);
    switch (asked.operation) {
        case receive:
            return describe_bytes(asked.memory.data(), size);
        case receive_message:
            return describe_message(asked, size);
        case receive_messages:
            return describe_buffer(answer);
        default:
            return std::to_string(answer.res);
    }
}

std::string datagram_run::describe_message(const asked_request& asked, std::size_t size) const {
    const auto from = net::endpoint::from_native(
        reinterpret_cast<const sockaddr*>(asked.name.data()), asked.message.msg_namelen);
    return describe_bytes(asked.memory.data(), size) + name_of(from) + " flags " +
           std::to_string(asked.message.msg_flags);
}

/// A buffer holds lengths and flags, the source, the bytes.
std::string datagram_run::describe_buffer(const io_uring_cqe& answer) {
    if ((answer.flags & IORING_CQE_F_BUFFER) == 0) return std::to_string(answer.res);
    const std::uint16_t id = provided_buffers::id_of(answer);
    const std::byte* const memory = buffers_.at(id);
    io_uring_recvmsg_out head{};
    std::memcpy(&head, memory, sizeof head);
    const auto from = net::endpoint::from_native(
        reinterpret_cast<const sockaddr*>(memory + sizeof head), head.namelen);
    constexpr std::size_t head_bytes = sizeof head + source_bytes;
    const auto size = static_cast<std::size_t>(answer.res) - head_bytes;
    const std::string text = describe_bytes(memory + head_bytes, size) + " of " +
                             std::to_string(head.payloadlen) + name_of(from) + " flags " +
                             std::to_string(head.flags);
    buffers_.give(id);
    return text;
}

}  // namespace

program make_datagram_program(std::uint64_t seed) {
    random chance(seed);
    program steps;
    const std::size_t length = 8 + chance.below(20);
    steps.emplace_back(chance, operations).operation = bind_new;
    while (steps.size() < length) {
        step& next = steps.emplace_back(chance, operations);
        if (steps.size() < 4 && chance.chance(0.7)) next.operation = bind_new;
        // Most of what is asked for needs a peer.
        if (steps.size() == 4 && chance.chance(0.7)) next.operation = connect;
    }
    return steps;
}

std::vector<std::string> run_datagram_program(const scene& place, const program& steps,
                                              int family) {
    return datagram_run(place, family).run(steps);
}

}  // namespace weir::sim::test
