// SPDX-License-Identifier: Apache-2.0
// The least that serves a protocol over io_uring: one ring, multishot accept and receive over one
// small ring of buffers, one send in flight for each connection. raw_http and raw_wss speak over
// it; raw_uring, which is there to be as fast as io_uring allows, has turns of its own.
#pragma once

#include "command_line.hpp"
#include "open_ring.hpp"
#include "provided_buffers.hpp"

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace echo {

/// What the server itself keeps of a connection; a protocol's own derives from it.
struct served_connection {
    int fd = -1;
    unsigned in_flight = 0;  // operations whose last completion hasn't come
    bool sending = false;
    bool dirty = false;  // on the list of those to flush
    bool over = false;
};

/// Moves the bytes of a `Protocol`, which has
///
///   struct connection : served_connection                   its state
///   std::unique_ptr<connection> accepted()                  one that nothing was said on yet
///   void received(connection&, std::span<char>)             may set `over`
///   std::span<const char> to_send(connection&)              empty = nothing; unchanged until sent
///   void sent(connection&, std::size_t)                     bytes, perhaps not all of them
template <class Protocol>
class uring_server {
public:
    uring_server(const endpoint& where, Protocol protocol) : protocol_(std::move(protocol)) {
        open_ring(ring_, 4096);
        buffers_ = std::make_unique<provided_buffers>(ring_, 64, std::size_t{16} << 10U);
        listener_ = listen_on(where, 0);
        arm_accept();
        announce(listener_);
    }

    [[noreturn]] void run() {
        for (;;) {
            const int error = io_uring_submit_and_wait(&ring_, 1);
            if (error < 0 && error != -EINTR) die("io_uring_submit_and_wait", -error);
            reap();
            buffers_->publish();
            for (connection* c : dirty_) flush(*c);
            dirty_.clear();
        }
    }

private:
    using connection = typename Protocol::connection;

    enum class op : std::uintptr_t { accept, receive, send };
    static constexpr std::uintptr_t op_mask = 3;

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
        s.buf_group = 0;
        begin(s, op::receive, &c);
    }

    void reap() {
        io_uring_cqe* cqe = nullptr;
        unsigned head = 0;
        unsigned count = 0;
        io_uring_for_each_cqe(&ring_, head, cqe) {
            ++count;
            complete(*cqe);
        }
        io_uring_cq_advance(&ring_, count);
    }
    void complete(const io_uring_cqe& cqe) {
        const auto what = static_cast<op>(cqe.user_data & op_mask);
        auto* const c = reinterpret_cast<connection*>(cqe.user_data & ~op_mask);
        const bool is_last = (cqe.flags & IORING_CQE_F_MORE) == 0;
        if (what == op::accept) {
            if (is_last) arm_accept();
            if (cqe.res >= 0) accepted(cqe.res);
            return;
        }
        if (is_last) --c->in_flight;
        if (what == op::send) {
            sent(*c, cqe.res);
        } else {
            received(*c, cqe, is_last);
        }
        if (!std::exchange(c->dirty, true)) dirty_.push_back(c);
    }
    void accepted(int fd) {
        connection* const c = protocol_.accepted().release();  // bury deletes it
        c->fd = fd;
        arm(*c);
    }
    void received(connection& c, const io_uring_cqe& cqe, bool is_last) {
        if (cqe.res <= 0 && cqe.res != -ENOBUFS) {
            c.over = true;
            return;
        }
        if (cqe.res > 0) {
            const auto bytes = buffers_->take(cqe.flags, static_cast<std::size_t>(cqe.res));
            if (!c.over) protocol_.received(c, bytes);
            buffers_->release(cqe.flags >> IORING_CQE_BUFFER_SHIFT);
        }
        if (is_last) arm(c);
    }
    void sent(connection& c, int result) {
        c.sending = false;
        if (result < 0) {
            c.over = true;
        } else {
            protocol_.sent(c, static_cast<std::size_t>(result));
        }
    }

    void flush(connection& c) {
        c.dirty = false;
        if (c.over) return bury(c);
        if (c.sending) return;
        const std::span<const char> bytes = protocol_.to_send(c);
        if (bytes.empty()) return;
        c.sending = true;
        io_uring_sqe& s = sqe();
        io_uring_prep_send(&s, c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        begin(s, op::send, &c);
    }
    static void bury(connection& c) {
        if (c.in_flight > 0) {
            shutdown(c.fd, SHUT_RDWR);
            return;
        }
        close(c.fd);
        delete &c;
    }

    Protocol protocol_;
    io_uring ring_{};
    int listener_ = -1;
    std::unique_ptr<provided_buffers> buffers_;
    std::vector<connection*> dirty_;
};

}  // namespace echo
