// SPDX-License-Identifier: Apache-2.0
// The best an io_uring server can do, by hand: one thread, one io_uring_enter per turn, multishot
// accept and receive, one small hot ring of provided buffers that the kernel fills incrementally
// (so 20-byte messages pack densely), replies sent straight out of the receive buffer, one send per
// connection and turn.
//
//   raw_uring --protocol tcp|ws --listen HOST:PORT [--cpu N] [--buffers N] [--buffer-bytes M]
//             [--receive multishot|single|poll|hybrid] [--rearm N] [--bulk-bytes N]
//             [--scratch-bytes N] [--split-bytes N]      (SIGUSR1 prints what the kernel did)
//
// --receive chooses how bytes come in:
//   multishot  one multishot receive per connection; who finds no buffer waits in a FIFO
//   single     a receive per message, still with buffer selection
//   poll       io_uring only says who is readable; recv(2), send(2) over one hot buffer, as epoll
//   hybrid     multishot until a connection turns out to be bulk, then poll (the default)
// A turn receives from all who are ready before it sends to any, so with large messages its bytes
// leave the cache in between; `poll` reuses the same few: 1.6 times
// as fast at 64 WebSockets x 256 KiB.
#include "command_line.hpp"
#include "message_buffer.hpp"
#include "open_ring.hpp"
#include "provided_buffers.hpp"
#include "uring_connection.hpp"
#include "uring_tuning.hpp"
#include "ws_echo.hpp"

#include <liburing.h>
#include <poll.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using echo::connection;
using echo::die;
using echo::gather;
using echo::message_buffer;
using echo::not_in_ring;
using echo::piece;
using echo::provided_buffers;
using echo::receive_mode;
using echo::reply_sink;
using echo::tuning;

constexpr std::uint16_t recv_poll_first = 1u << 0;  // IORING_RECVSEND_POLL_FIRST

enum class op : std::uintptr_t { accept, receive, send, poll, cancel };
constexpr std::uintptr_t op_mask = 7;

volatile std::sig_atomic_t report_wanted = 0;

class uring_echo {
public:
    uring_echo(const echo::server_options& options, const tuning& tuned)
        : websocket_(options.websocket),
          tuned_(tuned),
          scratch_(echo::hot_memory(tuned.scratch_bytes), tuned.scratch_bytes) {
        echo::open_ring(ring_, 2048, IORING_SETUP_SUBMIT_ALL);
        buffers_ = std::make_unique<provided_buffers>(ring_, tuned.buffers, tuned.buffer_bytes);
        if (!buffers_->incremental())
            std::fprintf(stderr, "no incremental buffers in this kernel: whole ones\n");
        listener_ = echo::listen_on(options.listen, 0);
        echo::announce(listener_);
    }

    [[noreturn]] void run() {
        arm_accept();
        for (;;) {
            flush_dirty();
            if (bytes_leaving_ >= tuned_.split_bytes) send_now();
            bytes_leaving_ = 0;
            read_directly();
            rearm_starved();
            buffers_->publish();
            const bool busy = !direct_.empty() || !dirty_.empty() || may_rearm();
            // Even a turn that doesn't wait must enter: deferred task work runs nowhere else, and
            // without it the busy connections would starve all others.
            const int error =
                busy ? io_uring_submit_and_get_events(&ring_) : io_uring_submit_and_wait(&ring_, 1);
            if (error < 0 && error != -EINTR && error != -EBUSY && error != -EAGAIN)
                die("io_uring_submit_and_wait", -error);
            gathers_used_ = 0;
            ++turns_;
            reap();
            if (report_wanted != 0) report();
        }
    }

private:
    static constexpr std::size_t max_queued_bytes = std::size_t{4} << 20;

    void report() {
        report_wanted = 0;
        std::fprintf(stderr,
                     "turns %lu receives %lu bytes/receive %lu sends %lu short %lu "
                     "enobufs %lu direct %lu\n",
                     turns_, receives_, received_ / std::max(receives_, 1ul), sends_, short_sends_,
                     enobufs_, direct_reads_);
    }

    io_uring_sqe* sqe(op what, connection* c) {
        io_uring_sqe* next = io_uring_get_sqe(&ring_);
        while (next == nullptr) {
            io_uring_submit(&ring_);
            gathers_used_ = 0;
            next = io_uring_get_sqe(&ring_);
        }
        // Before the prep function: in liburing 2.3 those leave user_data alone.
        next->user_data = reinterpret_cast<std::uintptr_t>(c) | static_cast<std::uintptr_t>(what);
        if (c != nullptr) ++c->in_flight;
        return next;
    }
    void arm_accept() {
        io_uring_prep_multishot_accept(sqe(op::accept, nullptr), listener_, nullptr, nullptr,
                                       SOCK_CLOEXEC);
    }

    void arm(connection& c, bool more_waits) {
        if (c.receiving || c.closing || c.broken || c.paused) return;
        c.receiving = true;
        const bool by_poll = tuned_.receive == receive_mode::poll ||
                             (tuned_.receive == receive_mode::hybrid && c.bulk);
        c.polling = by_poll;
        if (by_poll) {
            // Edge-like: it fires for what arrives from now on, so `read_once` comes first.
            io_uring_prep_poll_multishot(sqe(op::poll, &c), c.fd, POLLIN | POLLRDHUP);
            return;
        }
        io_uring_sqe* const s = sqe(op::receive, &c);
        if (tuned_.receive == receive_mode::single)
            io_uring_prep_recv(s, c.fd, nullptr, 0, 0);
        else
            io_uring_prep_recv_multishot(s, c.fd, nullptr, 0, 0);
        s->flags |= IOSQE_BUFFER_SELECT;
        s->buf_group = 0;
        if (!more_waits) s->ioprio |= recv_poll_first;
    }

    void reap() {
        unsigned head;
        unsigned count = 0;
        io_uring_cqe* cqe;
        io_uring_for_each_cqe(&ring_, head, cqe) {
            ++count;
            complete(*cqe);
        }
        io_uring_cq_advance(&ring_, count);
    }

    void complete(const io_uring_cqe& cqe) {
        const auto what = static_cast<op>(cqe.user_data & op_mask);
        auto* const c = reinterpret_cast<connection*>(cqe.user_data & ~op_mask);
        const bool last = (cqe.flags & IORING_CQE_F_MORE) == 0;
        if (what == op::accept) return accepted(cqe.res, last);
        if (last) --c->in_flight;
        if (last && (what == op::receive || what == op::poll)) c->receiving = false;
        switch (what) {
            case op::receive:
                received(*c, cqe, last);
                break;
            case op::poll:
                // The end of the stream may share its event with data: read on until recv says 0.
                if (cqe.res > 0 && (cqe.res & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
                    c->hung_up = true;
                read_later(*c);
                break;
            case op::send:
                sent(*c, cqe.res);
                break;
            default:
                break;
        }
        bury_if_over(c);
    }

    void accepted(int fd, bool last) {
        if (last) arm_accept();
        if (fd < 0) return;
        auto* const c = new connection;
        c->fd = fd;
        if (websocket_) c->session = std::make_unique<echo::ws_echo>();
        arm(*c, true);
    }

    void received(connection& c, const io_uring_cqe& cqe, bool last) {
        if (cqe.res == -ENOBUFS) {
            ++enobufs_;
            return starve(c);
        }
        if (cqe.res <= 0) {
            if (cqe.res == 0) c.closing = true;
            if (cqe.res < 0 && cqe.res != -ECANCELED) c.closing = c.broken = true;
            if (cqe.res == -ECANCELED && c.bulk) read_later(c);
            return;
        }
        const auto bytes = buffers_->take(cqe.flags, static_cast<std::size_t>(cqe.res));
        const unsigned id = cqe.flags >> IORING_CQE_BUFFER_SHIFT;
        ++receives_;
        received_ += bytes.size();
        if (!c.closing) feed(c, bytes, static_cast<int>(id));
        buffers_->release(id);
        mark_dirty(c);
        if (last) return arm(c, (cqe.flags & IORING_CQE_F_SOCK_NONEMPTY) != 0);
        const bool turns_bulk =
            tuned_.receive == receive_mode::hybrid && !c.bulk && bytes.size() >= tuned_.bulk_bytes;
        if (turns_bulk) c.bulk = true;
        if (turns_bulk || (c.queued_bytes > max_queued_bytes && !c.paused)) stop_receiving(c);
    }

    void stop_receiving(connection& c) {
        if (c.queued_bytes > max_queued_bytes) c.paused = true;
        cancel_receiving(c);
    }
    void cancel_receiving(connection& c) {
        const auto what = static_cast<std::uintptr_t>(c.polling ? op::poll : op::receive);
        io_uring_prep_cancel64(sqe(op::cancel, &c), reinterpret_cast<std::uintptr_t>(&c) | what, 0);
    }

    void feed(connection& c, std::span<char> bytes, int buffer) {
        reply_sink sink{c, *buffers_, buffer};
        if (!c.session)
            sink.view(bytes.data(), bytes.size());
        else if (!c.session->feed(bytes, sink))
            c.closing = true;
    }

    // ---- who found no buffer ----

    void starve(connection& c) {
        if (tuned_.receive == receive_mode::hybrid) return read_later(c);
        if (!std::exchange(c.waiting, true)) starved_.push_back(&c);
    }
    /// Large replies go out in a call of their own: their buffers are then back in the ring before
    /// the kernel looks for room for the next receives, so half the ring does, and it stays hot.
    void send_now() {
        io_uring_submit(&ring_);
        gathers_used_ = 0;
        reap();
        flush_dirty();
    }
    [[nodiscard]] bool may_rearm() const {
        return !starved_.empty() && buffers_->free_buffers() > 0;
    }
    /// One waiter per free buffer: more would only be turned away again.
    void rearm_starved() {
        unsigned budget = buffers_->free_buffers() * tuned_.rearm;
        while (budget > 0 && !starved_.empty()) {
            connection* const c = starved_.front();
            starved_.pop_front();
            c->waiting = false;
            if (c->closing || c->broken) {
                bury_if_over(c);
                continue;
            }
            arm(*c, true);
            --budget;
        }
    }

    // ---- recv(2) and send(2) over the scratch buffer ----

    void read_later(connection& c) {
        if (!std::exchange(c.waiting, true)) direct_.push_back(&c);
    }
    void read_directly() {
        for (std::size_t n = direct_.size(); n > 0; --n) {
            connection* const c = direct_.front();
            direct_.pop_front();
            c->waiting = false;
            if (!c->closing && !c->broken && !c->paused) read_once(*c);
            bury_if_over(c);
        }
    }
    void read_once(connection& c) {
        std::span<char> room = c.session ? c.session->destination() : std::span<char>();
        const bool placed = !room.empty();
        if (!placed) room = scratch_;
        const ssize_t n = recv(c.fd, room.data(), room.size(), MSG_DONTWAIT);
        ++direct_reads_;
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return arm(c, false);
        if (n < 0) c.broken = true;
        if (n <= 0) {
            c.closing = true;
            return mark_dirty(c);
        }
        const auto bytes = room.first(static_cast<std::size_t>(n));
        ++receives_;
        received_ += bytes.size();
        if (placed) {
            reply_sink sink{c, *buffers_, not_in_ring};
            if (!c.session->placed(bytes.size(), sink)) c.closing = true;
        } else {
            feed(c, bytes, not_in_ring);
        }
        send_directly(c);
        if (c.queued_bytes > max_queued_bytes) c.paused = true;
        c.bulk |= bytes.size() >= tuned_.bulk_bytes;
        if (bytes.size() == room.size() || c.hung_up)
            read_later(c);
        else
            arm(c, false);
    }
    void send_directly(connection& c) {
        while (!c.sending && !c.queue.empty()) {
            gather g;
            const std::size_t parts = fill(g, c.queue);
            const ssize_t n = parts == 1 ? send(c.fd, c.queue[0].data, c.queue[0].bytes,
                                                MSG_DONTWAIT | MSG_NOSIGNAL)
                                         : sendmsg(c.fd, &g.message, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n < 0) {
                if (errno != EAGAIN) c.closing = c.broken = true;
                break;
            }
            ++sends_;
            drop_front(c, c.queue, static_cast<std::size_t>(n));
        }
        own_all(c.queue);
        mark_dirty(c);
    }

    // ---- sending ----

    void mark_dirty(connection& c) {
        if (!std::exchange(c.dirty, true)) dirty_.push_back(&c);
    }
    void flush_dirty() {
        // Index, not iterator: burying never adds, and sends are only prepared here.
        for (std::size_t i = 0; i < dirty_.size(); ++i) {
            connection* const c = dirty_[i];
            c->dirty = false;
            if (!c->sending && !c->broken && !c->queue.empty()) start_send(*c, true);
            bury_if_over(c);
        }
        dirty_.clear();
    }
    static std::size_t fill(gather& g, const std::vector<piece>& pieces) {
        const std::size_t n = std::min(pieces.size(), g.parts.size());
        for (std::size_t i = 0; i < n; ++i) g.parts[i] = {pieces[i].data, pieces[i].bytes};
        g.message.msg_iov = g.parts.data();
        g.message.msg_iovlen = n;
        return n;
    }
    /// The first try never waits: it says how much the socket takes, and the rest leaves the ring's
    /// buffers, so a slow reader can't hold one.
    void start_send(connection& c, bool first_try) {
        if (c.sent.empty()) std::swap(c.sent, c.queue);
        c.sending = true;
        ++sends_;
        bytes_leaving_ += c.queued_bytes;
        const int flags = MSG_NOSIGNAL | (first_try ? MSG_DONTWAIT : 0);
        if (c.sent.size() == 1) {
            io_uring_prep_send(sqe(op::send, &c), c.fd, c.sent[0].data, c.sent[0].bytes, flags);
            return;
        }
        io_uring_sqe* const s = sqe(op::send, &c);
        if (gathers_used_ == gathers_.size()) gathers_.push_back(std::make_unique<gather>());
        gather& g = *gathers_[gathers_used_++];
        fill(g, c.sent);
        io_uring_prep_sendmsg(s, c.fd, &g.message, static_cast<unsigned>(flags));
    }
    void sent(connection& c, int result) {
        c.sending = false;
        if (result < 0 && result != -EAGAIN) c.closing = c.broken = true;
        if (result > 0) drop_front(c, c.sent, static_cast<std::size_t>(result));
        if (c.broken) return;
        if (!c.sent.empty()) {
            ++short_sends_;
            own_all(c.sent);
            start_send(c, false);
        } else if (!c.queue.empty()) {
            mark_dirty(c);
        }
        if (c.paused && c.queued_bytes < max_queued_bytes / 2) {
            c.paused = false;
            // A poll that stayed armed has told of what came meanwhile: it won't again.
            if (c.receiving && c.polling)
                read_later(c);
            else
                arm(c, true);
        }
    }
    void drop_front(connection& c, std::vector<piece>& pieces, std::size_t sent) {
        c.queued_bytes -= sent;
        std::size_t done = 0;
        while (done < pieces.size() && pieces[done].bytes <= sent) {
            sent -= pieces[done].bytes;
            release(pieces[done++]);
        }
        pieces.erase(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(done));
        if (sent == 0) return;
        pieces.front().data += sent;
        pieces.front().bytes -= sent;
    }
    void release(piece& p) {
        if (p.buffer != not_in_ring) buffers_->release(static_cast<unsigned>(p.buffer));
        p.buffer = not_in_ring;
    }
    void own_all(std::vector<piece>& pieces) {
        for (piece& p : pieces) {
            if (p.memory) continue;
            p.memory = message_buffer(p.bytes);
            p.data = static_cast<char*>(std::memcpy(p.memory.data(), p.data, p.bytes));
            release(p);
        }
    }

    /// Nothing may be freed that the kernel or a list still names.
    void bury_if_over(connection* c) {
        if (!c->closing) return;
        if (!c->broken && (c->sending || !c->queue.empty() || !c->sent.empty())) return;
        c->broken = true;
        if (c->receiving && !std::exchange(c->leaving, true)) cancel_receiving(*c);
        if (c->in_flight > 0 || c->dirty || c->waiting) return;
        for (auto* pieces : {&c->queue, &c->sent})
            for (piece& p : *pieces) release(p);
        close(c->fd);
        delete c;
    }

    bool websocket_;
    tuning tuned_;
    io_uring ring_{};
    int listener_ = -1;
    std::unique_ptr<provided_buffers> buffers_;
    std::span<char> scratch_;
    std::vector<connection*> dirty_;
    std::deque<connection*> starved_;
    std::deque<connection*> direct_;
    std::vector<std::unique_ptr<gather>> gathers_;
    std::size_t gathers_used_ = 0;
    std::size_t bytes_leaving_ = 0;
    unsigned long turns_ = 0, receives_ = 0, received_ = 0, sends_ = 0, short_sends_ = 0;
    unsigned long enobufs_ = 0, direct_reads_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    const echo::server_options options(flags);
    echo::pin_to(options.cpu);
    std::signal(SIGUSR1, [](int) { report_wanted = 1; });
    uring_echo server(options, tuning(flags));
    server.run();
}
