// SPDX-License-Identifier: Apache-2.0
// A WebSocket echo over TLS by hand: raw io_uring and bare OpenSSL between its memory BIOs, the
// frames of the echo benchmark. What weir adds to these is what is measured.
//
//   raw_wss --listen HOST:PORT --tls-cert FILE --tls-key FILE [--cpu N]
#include "../echo/command_line.hpp"
#include "../echo/provided_buffers.hpp"
#include "../echo/ws_echo.hpp"

#include <liburing.h>
#include <openssl/ssl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace {

using echo::die;

enum class op : std::uintptr_t { accept, receive, send };
constexpr std::uintptr_t op_mask = 3;

struct connection {
    int fd = -1;
    SSL* ssl = nullptr;
    BIO* arrived = nullptr;         // owned by ssl
    std::array<BIO*, 2> leaving{};  // one is filled while the other is sent
    std::size_t sent = 0;           // bytes of the one that is sent
    unsigned filled = 0;            // which of them ssl writes to
    unsigned in_flight = 0;
    bool sending = false;
    bool dirty = false;
    bool over = false;
    echo::ws_echo session;
};

/// Seals replies as they come.
struct sealing_sink {
    SSL* ssl;

    void view(const char* data, std::size_t size) {
        std::size_t written = 0;
        if (SSL_write_ex(ssl, data, size, &written) != 1) die("SSL_write_ex", EPROTO);
    }
    void owned(echo::message_buffer&&, const char* data, std::size_t size) { view(data, size); }
};

class wss_echo {
public:
    wss_echo(const echo::endpoint& where, SSL_CTX* context)
        : context_(context), opened_(std::size_t{64} << 10U) {
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
        begin(s, op::receive, &c);
    }
    void accepted(int fd) {
        auto* const c = new connection;
        c->fd = fd;
        c->ssl = SSL_new(context_);
        c->arrived = BIO_new(BIO_s_mem());
        for (BIO*& each : c->leaving) each = BIO_new(BIO_s_mem());
        BIO_up_ref(c->leaving[0]);  // one is ours, one is that of ssl while it writes there
        SSL_set_bio(c->ssl, c->arrived, c->leaving[0]);
        SSL_set_accept_state(c->ssl);
        arm(*c);
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
        } else if (cqe.res > 0) {
            const auto bytes = buffers_->take(cqe.flags, static_cast<std::size_t>(cqe.res));
            BIO_write(c->arrived, bytes.data(), static_cast<int>(bytes.size()));
            buffers_->release(cqe.flags >> IORING_CQE_BUFFER_SHIFT);
            if (!c->over) open(*c);
            if (is_last) arm(*c);
        } else if (cqe.res == -ENOBUFS) {
            arm(*c);
        } else {
            c->over = true;
        }
        if (!std::exchange(c->dirty, true)) dirty_.push_back(c);
    }
    void open(connection& c) {
        if (SSL_is_init_finished(c.ssl) == 0 && SSL_do_handshake(c.ssl) != 1) return;
        sealing_sink sink{c.ssl};
        std::size_t size = 0;
        while (SSL_read_ex(c.ssl, opened_.data(), opened_.size(), &size) == 1) {
            if (!c.session.feed(std::span<char>(opened_.data(), size), sink)) c.over = true;
        }
    }
    void sent(connection& c, int result) {
        c.sending = false;
        if (result < 0) {
            c.over = true;
            return;
        }
        c.sent += static_cast<std::size_t>(result);
        BIO* const old = c.leaving[1 - c.filled];
        char* begin = nullptr;
        if (c.sent < static_cast<std::size_t>(BIO_get_mem_data(old, &begin))) return;
        c.sent = 0;
        static_cast<void>(BIO_reset(old));
    }
    void flush(connection& c) {
        c.dirty = false;
        if (c.over) return bury(c);
        if (c.sending) return;
        char* begin_of = nullptr;
        if (c.sent == 0) {
            if (BIO_get_mem_data(c.leaving[c.filled], &begin_of) == 0) return;
            c.filled = 1 - c.filled;
            BIO_up_ref(c.leaving[c.filled]);
            SSL_set0_wbio(c.ssl, c.leaving[c.filled]);
        }
        const auto size =
            static_cast<std::size_t>(BIO_get_mem_data(c.leaving[1 - c.filled], &begin_of));
        c.sending = true;
        io_uring_sqe& s = sqe();
        io_uring_prep_send(&s, c.fd, begin_of + c.sent, size - c.sent, MSG_NOSIGNAL);
        begin(s, op::send, &c);
    }
    void bury(connection& c) {
        if (c.in_flight > 0) {
            shutdown(c.fd, SHUT_RDWR);
            return;
        }
        SSL_free(c.ssl);
        for (BIO* each : c.leaving) BIO_free(each);
        close(c.fd);
        delete &c;
    }

    SSL_CTX* context_;
    std::vector<char> opened_;
    io_uring ring_{};
    int listener_ = -1;
    echo::provided_buffers* buffers_ = nullptr;
    std::vector<connection*> dirty_;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    const auto chain = flags.text("--tls-cert", "");
    const auto key = flags.text("--tls-key", "");
    if (SSL_CTX_use_certificate_chain_file(context, chain.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        die("--tls-cert, --tls-key", EINVAL);
    wss_echo server(echo::parse_endpoint(flags.text("--listen", "127.0.0.1:0")), context);
    server.run();
}
