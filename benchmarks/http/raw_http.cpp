// SPDX-License-Identifier: Apache-2.0
// The least that answers HTTP requests over io_uring: it looks for blank lines and sends a fixed
// answer for each. No parser, no limits, no dates: what a server's own work is measured against.
//
//   raw_http --listen HOST:PORT --size BYTES [--cpu N]
//
// One ring, multishot accept and receive over one small ring of buffers, one send in flight for
// each connection: as many answers as it owes, straight out of a block of copies of the answer.
#include "../echo/command_line.hpp"
#include "../echo/provided_buffers.hpp"

#include <liburing.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

using echo::die;

enum class op : std::uintptr_t { accept, receive, send };
constexpr std::uintptr_t op_mask = 3;
constexpr unsigned buffers_group = 0;

struct connection {
    int fd = -1;
    unsigned in_flight = 0;
    unsigned matched = 0;    // characters of a blank line that end what has come
    std::size_t owed = 0;    // answers
    std::size_t offset = 0;  // of the first of them that has left already
    bool sending = false;
    bool dirty = false;
    bool over = false;
};

class responder {
public:
    explicit responder(const echo::endpoint& where, std::size_t size)
        : answer_("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
                  std::to_string(size) + "\r\n\r\n" + std::string(size, 'x')) {
        for (std::size_t i = 0; i < answers_at_once; ++i) block_ += answer_;
        io_uring_params params{};
        params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                       IORING_SETUP_COOP_TASKRUN | IORING_SETUP_CQSIZE;
        params.cq_entries = 16384;
        const int error = io_uring_queue_init_params(4096, &ring_, &params);
        if (error != 0) die("io_uring_queue_init_params", -error);
        io_uring_register_ring_fd(&ring_);
        buffers_ = new echo::provided_buffers(ring_, 64, std::size_t{16} << 10U);
        listener_ = echo::listen_on(where, 0);
        arm_accept();
        echo::announce(listener_);
    }

    void run() {
        for (;;) {
            const int error = io_uring_submit_and_wait(&ring_, 1);
            if (error < 0 && error != -EINTR) die("io_uring_submit_and_wait", -error);
            io_uring_cqe* cqe = nullptr;
            unsigned head = 0;
            unsigned count = 0;
            io_uring_for_each_cqe(&ring_, head, cqe) {
                ++count;
                complete(*cqe);
            }
            io_uring_cq_advance(&ring_, count);
            buffers_->publish();
            for (connection* c : dirty_) flush(*c);
            dirty_.clear();
        }
    }

private:
    static constexpr std::size_t answers_at_once = 64;

    io_uring_sqe& sqe() {
        io_uring_sqe* next = io_uring_get_sqe(&ring_);
        if (next != nullptr) return *next;
        io_uring_submit(&ring_);
        return *io_uring_get_sqe(&ring_);
    }
    static void begin(io_uring_sqe& s, op what, connection* c) {
        if (c != nullptr) ++c->in_flight;
        s.user_data = reinterpret_cast<std::uintptr_t>(c) | static_cast<std::uintptr_t>(what);
    }
    void arm_accept() {
        io_uring_sqe& s = sqe();
        io_uring_prep_multishot_accept(&s, listener_, nullptr, nullptr, SOCK_CLOEXEC);
        begin(s, op::accept, nullptr);
    }
    void arm(connection& c) {
        io_uring_sqe& s = sqe();
        io_uring_prep_recv_multishot(&s, c.fd, nullptr, 0, 0);
        s.flags |= IOSQE_BUFFER_SELECT;
        s.buf_group = buffers_group;
        begin(s, op::receive, &c);
    }

    void complete(const io_uring_cqe& cqe) {
        const auto what = static_cast<op>(cqe.user_data & op_mask);
        auto* const c = reinterpret_cast<connection*>(cqe.user_data & ~op_mask);
        const bool is_last = (cqe.flags & IORING_CQE_F_MORE) == 0;
        if (what == op::accept) {
            if (is_last) arm_accept();
            if (cqe.res >= 0) arm(*new connection{cqe.res});
            return;
        }
        if (is_last) --c->in_flight;
        if (what == op::send) {
            sent(*c, cqe.res);
        } else if (cqe.res > 0) {
            count(*c, buffers_->take(cqe.flags, static_cast<std::size_t>(cqe.res)));
            buffers_->release(cqe.flags >> IORING_CQE_BUFFER_SHIFT);
            if (is_last) arm(*c);
        } else if (cqe.res == -ENOBUFS) {
            arm(*c);
        } else {
            c->over = true;
        }
        mark(*c);
    }

    static void count(connection& c, std::span<const char> bytes) {
        for (const char next : bytes) {
            const bool fits = next == "\r\n\r\n"[c.matched];
            c.matched = fits ? c.matched + 1 : (next == '\r' ? 1 : 0);
            if (c.matched == 4) {
                c.matched = 0;
                ++c.owed;
            }
        }
    }
    void sent(connection& c, int result) {
        c.sending = false;
        if (result < 0) {
            c.over = true;
            return;
        }
        c.offset += static_cast<std::size_t>(result);
        c.owed -= c.offset / answer_.size();
        c.offset %= answer_.size();
    }
    void mark(connection& c) {
        if (!c.dirty) dirty_.push_back(&c);
        c.dirty = true;
    }
    void flush(connection& c) {
        c.dirty = false;
        if (c.over) {
            if (c.in_flight == 0) {
                close(c.fd);
                delete &c;
            } else {
                shutdown(c.fd, SHUT_RDWR);
            }
            return;
        }
        if (c.sending || c.owed == 0) return;
        c.sending = true;
        const std::size_t size = std::min(c.owed, answers_at_once) * answer_.size() - c.offset;
        io_uring_sqe& s = sqe();
        io_uring_prep_send(&s, c.fd, block_.data() + c.offset, size, MSG_NOSIGNAL);
        begin(s, op::send, &c);
    }

    std::string answer_;
    std::string block_;
    io_uring ring_{};
    int listener_ = -1;
    echo::provided_buffers* buffers_ = nullptr;
    std::vector<connection*> dirty_;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    responder server(echo::parse_endpoint(flags.text("--listen", "127.0.0.1:0")),
                     static_cast<std::size_t>(flags.number("--size", 13)));
    server.run();
}
