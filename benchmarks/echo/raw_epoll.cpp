// SPDX-License-Identifier: Apache-2.0
// The best an epoll server can do, by hand: one thread, one hot 512 KiB receive buffer shared by
// all connections, the reply sent straight out of it, one send per receive however many messages
// came; only what the socket doesn't take is copied. No connection owns memory while it is idle.
// Edge-triggered, so that waiting for writability costs no epoll_ctl.
//
//   raw_epoll --protocol tcp|ws --listen HOST:PORT [--cpu N] [--buffer-bytes N]
#include "command_line.hpp"
#include "message_buffer.hpp"
#include "ws_echo.hpp"

#include <sys/epoll.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <deque>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace {

using echo::die;
using echo::message_buffer;

struct piece {
    char* data;
    std::size_t bytes;
    message_buffer memory;  // empty while the bytes lie in the shared receive buffer
};

struct connection {
    int fd = -1;
    bool closing = false;  // everything queued, then close
    bool ready = false;    // on the list of those with more to read
    bool hung_up = false;  // the peer will send no more than what waits
    bool paused = false;   // too much queued: reads wait for writability
    std::size_t queued_bytes = 0;
    std::vector<piece> queue;
    std::unique_ptr<echo::ws_echo> session;

    void view(char* data, std::size_t bytes) { add({data, bytes, {}}); }
    void owned(message_buffer&& memory, char* data, std::size_t bytes) {
        add({data, bytes, std::move(memory)});
    }
    void add(piece next) {
        queued_bytes += next.bytes;
        queue.push_back(std::move(next));
    }
};

class epoll_echo {
public:
    epoll_echo(const echo::server_options& options, std::size_t buffer_bytes)
        : websocket_(options.websocket), buffer_(buffer_bytes) {
        listener_ = echo::listen_on(options.listen, SOCK_NONBLOCK);
        epoll_ = epoll_create1(EPOLL_CLOEXEC);
        if (epoll_ < 0) die("epoll_create1");
        watch(listener_, nullptr, EPOLLIN);
        echo::announce(listener_);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 1024> events;
        for (;;) {
            const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                     ready_.empty() ? -1 : 0);
            if (n < 0 && errno != EINTR) die("epoll_wait");
            for (int i = 0; i < n; ++i) handle(events[static_cast<std::size_t>(i)]);
            read_again();
        }
    }

private:
    static constexpr std::size_t max_queued_bytes = std::size_t{4} << 20;

    void watch(int fd, connection* owner, unsigned events) {
        epoll_event event{};
        event.events = events;
        event.data.ptr = owner;
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
    }

    void handle(const epoll_event& event) {
        auto* const c = static_cast<connection*>(event.data.ptr);
        if (c == nullptr) return accept_all();
        if (c->fd < 0) return;  // closed earlier in this batch
        if ((event.events & EPOLLOUT) != 0 && !c->queue.empty()) {
            if (!flush(*c)) return close_connection(c);
            if (c->paused && c->queue.empty()) {
                c->paused = false;
                if (!read(*c)) return close_connection(c);
            }
        }
        // The end of the stream may share its edge with data: from then on read until recv says 0.
        if ((event.events & EPOLLRDHUP) != 0) c->hung_up = true;
        if (c->ready || c->paused) return;
        if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !read(*c)) close_connection(c);
    }

    void accept_all() {
        for (;;) {
            const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) return;
            auto* const c = new connection;
            c->fd = fd;
            if (websocket_) c->session = std::make_unique<echo::ws_echo>();
            watch(fd, c, EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP);
        }
    }

    /// A full buffer means there may be more and no new edge: those take turns after the events.
    void read_again() {
        for (std::size_t n = ready_.size(); n > 0; --n) {
            connection* const c = ready_.front();
            ready_.pop_front();
            c->ready = false;
            if (!read(*c)) close_connection(c);
        }
    }

    /// One receive, one send. False: the connection is over.
    bool read(connection& c) {
        std::span<char> room = c.session ? c.session->destination() : std::span<char>();
        const bool direct = !room.empty();
        if (!direct) room = buffer_;
        const ssize_t n = recv(c.fd, room.data(), room.size(), 0);
        if (n < 0) return errno == EAGAIN || errno == EINTR;
        if (n == 0) return false;
        const auto bytes = room.first(static_cast<std::size_t>(n));
        bool open = true;
        if (!c.session)
            c.view(bytes.data(), bytes.size());
        else
            open = direct ? c.session->placed(bytes.size(), c) : c.session->feed(bytes, c);
        if (!open) c.closing = true;
        if (!c.queue.empty() && !flush(c)) return false;
        c.paused = c.queued_bytes > max_queued_bytes;
        if ((bytes.size() == room.size() || c.hung_up) && !c.closing) read_later(c);
        return true;
    }

    void read_later(connection& c) {
        if (c.ready || c.paused) return;
        c.ready = true;
        ready_.push_back(&c);
    }

    /// Sends what the socket takes and keeps a copy of the rest. False: the connection is over.
    bool flush(connection& c) {
        while (!c.queue.empty()) {
            const ssize_t sent = send_some(c);
            if (sent < 0) {
                if (errno != EAGAIN) return false;
                break;
            }
            drop_front(c, static_cast<std::size_t>(sent));
        }
        for (piece& p : c.queue) {
            if (p.memory) continue;
            p.memory = message_buffer(p.bytes);
            p.data = static_cast<char*>(std::memcpy(p.memory.data(), p.data, p.bytes));
        }
        return !c.closing || !c.queue.empty();
    }

    static ssize_t send_some(connection& c) {
        if (c.queue.size() == 1) return send(c.fd, c.queue[0].data, c.queue[0].bytes, MSG_NOSIGNAL);
        std::array<iovec, 64> parts;
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = std::min(c.queue.size(), parts.size());
        for (std::size_t i = 0; i < message.msg_iovlen; ++i)
            parts[i] = {c.queue[i].data, c.queue[i].bytes};
        return sendmsg(c.fd, &message, MSG_NOSIGNAL);
    }

    static void drop_front(connection& c, std::size_t sent) {
        c.queued_bytes -= sent;
        std::size_t done = 0;
        while (done < c.queue.size() && c.queue[done].bytes <= sent) sent -= c.queue[done++].bytes;
        c.queue.erase(c.queue.begin(), c.queue.begin() + static_cast<std::ptrdiff_t>(done));
        if (sent == 0) return;
        c.queue.front().data += sent;
        c.queue.front().bytes -= sent;
    }

    void close_connection(connection* c) {
        if (c->ready) std::erase(ready_, c);
        close(std::exchange(c->fd, -1));
        // A later event of this very batch may still name it.
        graveyard_.emplace_back(c);
        if (graveyard_.size() > 4096) graveyard_.pop_front();
    }

    bool websocket_;
    std::vector<char> buffer_;
    int listener_ = -1;
    int epoll_ = -1;
    std::deque<connection*> ready_;
    std::deque<std::unique_ptr<connection>> graveyard_;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    const echo::server_options options(flags);
    echo::pin_to(options.cpu);
    epoll_echo server(options, static_cast<std::size_t>(flags.number("--buffer-bytes", 524288)));
    server.run();
}
