// SPDX-License-Identifier: Apache-2.0
// A WebSocket echo over TLS by hand: raw io_uring and bare OpenSSL between its memory BIOs, the
// frames of the echo benchmark. What weir adds to these is what is measured.
//
//   raw_wss --listen HOST:PORT --tls-cert FILE --tls-key FILE [--cpu N]
#include "../echo/command_line.hpp"
#include "../echo/uring_server.hpp"
#include "../echo/ws_echo.hpp"
#include "server_context.hpp"

#include <openssl/ssl.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace {

using echo::die;

/// Seals replies as they come.
struct sealing_sink {
    SSL* ssl;

    void view(const char* data, std::size_t size) {
        std::size_t written = 0;
        if (SSL_write_ex(ssl, data, size, &written) != 1) die("SSL_write_ex", EPROTO);
    }
    void owned(echo::message_buffer&&, const char* data, std::size_t size) { view(data, size); }
};

struct wss_connection : echo::served_connection {
    explicit wss_connection(SSL_CTX* context)
        : ssl(SSL_new(context)), arrived(BIO_new(BIO_s_mem())) {
        for (BIO*& each : leaving) each = BIO_new(BIO_s_mem());
        BIO_up_ref(leaving[0]);  // one is ours, one is that of ssl while it writes there
        SSL_set_bio(ssl, arrived, leaving[0]);
        SSL_set_accept_state(ssl);
    }
    wss_connection(const wss_connection&) = delete;
    wss_connection& operator=(const wss_connection&) = delete;
    ~wss_connection() {
        SSL_free(ssl);
        for (BIO* each : leaving) BIO_free(each);
    }

    SSL* ssl;
    BIO* arrived;                 // owned by ssl
    std::array<BIO*, 2> leaving;  // one is filled while the other is sent
    std::size_t sent = 0;         // bytes of the one that is sent
    unsigned filled = 0;          // which of them ssl writes to
    echo::ws_echo session;
};

std::span<const char> content(BIO* of) {
    char* begin = nullptr;
    const long size = BIO_get_mem_data(of, &begin);
    return {begin, static_cast<std::size_t>(size)};
}

class wss_echo {
public:
    using connection = wss_connection;

    explicit wss_echo(SSL_CTX* context) : context_(context), opened_(std::size_t{64} << 10U) {}

    [[nodiscard]] std::unique_ptr<connection> accepted() const {
        return std::make_unique<connection>(context_);
    }
    void received(connection& c, std::span<const char> bytes) {
        BIO_write(c.arrived, bytes.data(), static_cast<int>(bytes.size()));
        if (SSL_is_init_finished(c.ssl) == 0 && SSL_do_handshake(c.ssl) != 1) return;
        sealing_sink sink{c.ssl};
        std::size_t size = 0;
        while (SSL_read_ex(c.ssl, opened_.data(), opened_.size(), &size) == 1) {
            if (!c.session.feed(std::span<char>(opened_.data(), size), sink)) c.over = true;
        }
    }
    static std::span<const char> to_send(connection& c) {
        if (c.sent == 0) {
            if (content(c.leaving[c.filled]).empty()) return {};
            c.filled = 1 - c.filled;
            BIO_up_ref(c.leaving[c.filled]);
            SSL_set0_wbio(c.ssl, c.leaving[c.filled]);
        }
        return content(c.leaving[1 - c.filled]).subspan(c.sent);
    }
    static void sent(connection& c, std::size_t bytes) {
        c.sent += bytes;
        BIO* const old = c.leaving[1 - c.filled];
        if (c.sent < content(old).size()) return;
        c.sent = 0;
        static_cast<void>(BIO_reset(old));
    }

private:
    SSL_CTX* context_;
    std::vector<char> opened_;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    echo::uring_server server(echo::parse_endpoint(flags.text("--listen", "127.0.0.1:0")),
                              wss_echo(server_context(flags)));
    server.run();
}
