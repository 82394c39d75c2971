// SPDX-License-Identifier: Apache-2.0
#include "stream_program.hpp"

#include "socket_run.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>

namespace weir::sim::test {

namespace {

enum operation : unsigned {
    open_listener,
    connect,
    accept,
    accept_many,
    send,
    send_pieces,
    send_zero_copy,
    send_now,
    receive,
    receive_now,
    receive_many,
    poll,
    poll_many,
    shut_down,
    close,
    abort_on_close,
    cancel_some,
    names,
    listen_again,
    connect_again,
    operations
};
constexpr std::array<const char*, operations> operation_names{
    "listen",       "connect", "accept",    "accept_many",  "send",
    "send_pieces",  "send_zc", "send_now",  "receive",      "receive_now",
    "receive_many", "poll",    "poll_many", "shut_down",    "close",
    "abort",        "cancel",  "names",     "listen_again", "connect_again"};

constexpr std::size_t buffer_bytes = 4096;

/// A poll that was woken twice looks for room to send, too; how often it is woken is a race.
int told_by_poll(int events) {
    return events > 0 && events != POLLOUT ? events & ~POLLOUT : events;
}

class stream_run final : public socket_run {
public:
    explicit stream_run(const scene& place, int family)
        : socket_run(place, operation_names, family, buffer_bytes), folder_(place.folder) {}

private:
    void perform(const step& now) override;
    [[nodiscard]] std::string describe(const asked_request& asked,
                                       const io_uring_cqe& answer) override;
    void hurry(int fd) override;
    void before_closing(int fd) override {
        const linger at_once{1, 0};
        static_cast<void>(system_.set_option(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
    }

    /// A full one lets a unix socket wait in a thread of the kernel, and a TCP socket for a second.
    [[nodiscard]] int backlog() const noexcept { return family_ == AF_UNIX ? 64 : 4; }
    void forget(std::size_t slot);
    [[nodiscard]] bool is_listener(std::size_t slot) const {
        return std::any_of(listening_.begin(), listening_.end(),
                           [slot](const auto& each) { return each.first == slot; });
    }
    [[nodiscard]] int open_socket();
    void listen();
    [[nodiscard]] net::endpoint unused_address() const;
    void ask_on(const step& now, int fd);
    void fill(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd);
    void fill_send(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd);
    [[nodiscard]] bool call(const step& now, int fd);

    std::string folder_;
    std::vector<std::pair<std::size_t, net::endpoint>> listening_;  // by the place in open_
};

// --- steps ------------------------------------------------------------------------------------

void stream_run::perform(const step& now) {
    if (now.operation == open_listener) return listen();
    if (now.operation == cancel_some) return cancel(now.operation, now.which);
    if (now.operation == connect) {
        if (listening_.empty()) return;
        const int fd = open_socket();
        if (fd < 0) return note_result("socket", fd);
        open_.push_back(fd);
        return ask_on(now, fd);
    }
    const auto slot = pick(now.which);
    if (!slot) return;
    const int fd = open_[*slot];
    // What waits to accept at a unix listener that is shut down ends only when Linux has looked 128
    // times.
    if (now.operation == shut_down && family_ == AF_UNIX && is_listener(*slot)) return;
    if (call(now, fd)) return;
    if (now.operation == connect_again && listening_.empty()) return;
    if (now.operation == close) forget(*slot);
    ask_on(now, fd);
}

/// The simulation has no file that a closed unix listener would leave behind.
void stream_run::forget(std::size_t slot) {
    if (family_ == AF_UNIX) {
        std::erase_if(listening_, [slot](const auto& each) { return each.first == slot; });
    }
    open_[slot] = -1;
}

int stream_run::open_socket() {
    const int fd = system_.socket(family_, SOCK_STREAM, 0);
    // One that paces nothing: what is sent is there at once.
    constexpr std::string_view plain = "reno";
    if (fd >= 0 && family_ != AF_UNIX) {
        static_cast<void>(system_.set_option(fd, IPPROTO_TCP, TCP_CONGESTION, plain.data(),
                                             static_cast<unsigned>(plain.size())));
    }
    return fd;
}

net::endpoint stream_run::unused_address() const {
    if (family_ == AF_INET) return net::endpoint::loopback(0);
    if (family_ == AF_INET6) return *net::endpoint::ip("::1", 0);
    return *net::endpoint::unix_socket(folder_ + "/" + std::to_string(open_.size()));
}

void stream_run::listen() {
    const int fd = open_socket();
    if (fd < 0) return note_result("socket", fd);
    const net::endpoint where = unused_address();
    note_result("bind", system_.bind(fd, where.native(), where.native_size()));
    note_result("listen", system_.listen(fd, backlog()));
    listening_.emplace_back(open_.size(), address_of(fd));
    open_.push_back(fd);
}

void stream_run::ask_on(const step& now, int fd) {
    ask(now.operation, [&](io_uring_sqe& sqe, asked_request& asked) { fill(sqe, asked, now, fd); });
}

void stream_run::fill(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd) {
    const unsigned mask = mask_of(now);
    switch (now.operation) {
        case accept:
            return ::io_uring_prep_accept(&sqe, fd, nullptr, nullptr, SOCK_CLOEXEC);
        case accept_many:
            return ::io_uring_prep_multishot_accept(&sqe, fd, nullptr, nullptr, SOCK_CLOEXEC);
        case receive:
            return ::io_uring_prep_recv(&sqe, fd, asked.memory.data(), now.size,
                                        now.other % 2 == 0 ? MSG_DONTWAIT : 0);
        case receive_many:
            ::io_uring_prep_recv_multishot(&sqe, fd, nullptr, 0, 0);
            sqe.flags |= IOSQE_BUFFER_SELECT;
            sqe.buf_group = provided_buffers::group;
            return;
        case poll:
            return ::io_uring_prep_poll_add(&sqe, fd, mask);
        case poll_many:
            return ::io_uring_prep_poll_multishot(&sqe, fd, mask);
        case shut_down:
            return ::io_uring_prep_shutdown(&sqe, fd, static_cast<int>(now.other % 3));
        case close:
            return ::io_uring_prep_close(&sqe, fd);
        case connect:
        case connect_again:
            asked.target = listening_[now.other % listening_.size()].second;
            return ::io_uring_prep_connect(&sqe, fd, asked.target.native(),
                                           asked.target.native_size());
        default:
            return fill_send(sqe, asked, now, fd);
    }
}

void stream_run::fill_send(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd) {
    for (std::byte& each : asked.memory) each = static_cast<std::byte>(next_byte_++);
    if (now.operation == send) {
        return ::io_uring_prep_send(&sqe, fd, asked.memory.data(), now.size, MSG_NOSIGNAL);
    }
    if (now.operation == send_zero_copy) {
        return ::io_uring_prep_send_zc(&sqe, fd, asked.memory.data(), now.size, MSG_NOSIGNAL, 0);
    }
    divide(asked, now.size, 1 + now.other % asked.pieces.size());
    ::io_uring_prep_sendmsg(&sqe, fd, &asked.message, MSG_NOSIGNAL);
}

/// The calls beside the ring; false when `now` is a request.
bool stream_run::call(const step& now, int fd) {
    switch (now.operation) {
        case names:
            return tell_peer_and_error(fd), true;
        case listen_again:
            return note_result("listen", system_.listen(fd, backlog())), true;
        case abort_on_close:
            return before_closing(fd), true;
        case send_now:
            return send_at_once(fd, now.size), true;
        case receive_now:
            return receive_at_once(fd, now.size), true;
        default:
            return false;
    }
}

/// TCP acknowledges 40 ms later what need not be acknowledged at once, and until then holds back
/// what is sent next (Nagle): this asks for it now.
void stream_run::hurry(int fd) {
    const int on = 1;
    if (family_ == AF_UNIX) return;
    static_cast<void>(system_.set_option(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on));
}

// --- answers ----------------------------------------------------------------------------------

std::string stream_run::describe(const asked_request& asked, const io_uring_cqe& answer) {
    const bool is_poll = asked.operation == poll || asked.operation == poll_many;
    const bool accepts = asked.operation == accept || asked.operation == accept_many;
    const auto size = static_cast<std::size_t>(std::max(answer.res, 0));
    if (is_poll) return std::to_string(told_by_poll(answer.res));
    if (answer.res >= 0 && accepts) {
        open_.push_back(answer.res);
        return "a socket";
    }
    if (answer.res > 0 && asked.operation == receive) {
        return describe_bytes(asked.memory.data(), size);
    }
    if (answer.res > 0 && asked.operation == receive_many) {
        const std::uint16_t id = provided_buffers::id_of(answer);
        const std::string text = describe_bytes(buffers_.at(id), size);
        buffers_.give(id);
        return text;
    }
    const bool is_notification = (answer.flags & IORING_CQE_F_NOTIF) != 0;
    return (is_notification ? "notified " : "") + std::to_string(answer.res);
}

}  // namespace

program make_stream_program(std::uint64_t seed) {
    random chance(seed);
    program steps;
    const std::size_t length = 8 + chance.below(20);
    steps.emplace_back(chance, operations).operation = open_listener;
    while (steps.size() < length) {
        step& next = steps.emplace_back(chance, operations);
        // Early connections make most of what follows possible.
        if (steps.size() < 4 && chance.chance(0.7)) next.operation = connect;
        if (steps.size() == 4 && chance.chance(0.8)) {
            next.operation = accept_many;
            next.which = 0;
        }
    }
    return steps;
}

std::vector<std::string> run_stream_program(const scene& place, const program& steps, int family) {
    return stream_run(place, family).run(steps);
}

}  // namespace weir::sim::test
