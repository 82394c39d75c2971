// SPDX-License-Identifier: Apache-2.0
// A load generator for WebSocket echoes over TLS that knows nothing of weir: one thread, epoll,
// OpenSSL on the sockets. The frame is masked once; replies are counted by their bytes, and the
// first of each connection is compared.
//
//   wss_load --url wss://H:P --connections N --size B --depth D --duration S [--cpu N]
#include "../echo/command_line.hpp"
#include "../echo/load_loop.hpp"
#include "../echo/ws_client.hpp"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using echo::die;

struct connection {
    int fd = -1;
    SSL* ssl = nullptr;
    std::size_t owed = 0;      // frames to send
    std::size_t writing = 0;   // bytes of the write that has to be repeated
    std::size_t reply_at = 0;  // bytes of the current reply that have come
    std::uint64_t served = 0;
};

class load {
public:
    explicit load(const echo::flags& given)
        : depth_(static_cast<std::size_t>(given.number("--depth", 1))),
          size_(static_cast<std::size_t>(given.number("--size", 20))),
          frame_(echo::masked_frame(echo::op_binary, std::string(size_, 'x'))),
          reply_bytes_(size_ + echo::server_header_bytes(size_)),
          scratch_(std::size_t{64} << 10U),
          loop_(static_cast<std::size_t>(given.number("--connections", 64))),
          context_(SSL_CTX_new(TLS_client_method())) {
        for (std::size_t i = 0; i < depth_; ++i) train_ += frame_;
        const std::string url = given.text("--url", "");
        const auto start = url.find("://");
        if (start == std::string::npos) die("--url wss://H:P", EINVAL);
        where_ = echo::parse_endpoint(url.substr(start + 3));
    }

    void run(double seconds) {
        for (connection& c : loop_.connections()) open(c);
        for (connection& c : loop_.connections()) {
            c.owed = depth_;
            write(c);
        }
        loop_.measure(0.2, seconds, [this](connection& c) {
            read(c);
            write(c);
        });
    }

private:
    void open(connection& c) {
        c.fd = echo::connected_to(where_);
        c.ssl = SSL_new(context_);
        SSL_set_fd(c.ssl, c.fd);
        if (SSL_connect(c.ssl) != 1) die("SSL_connect", EPROTO);
        upgrade(c);
        prove(c);
        fcntl(c.fd, F_SETFL, O_NONBLOCK);
        loop_.watch(c, EPOLLIN | EPOLLOUT | EPOLLET);
    }
    static void upgrade(connection& c) {
        const std::string request = echo::upgrade_request();
        SSL_write(c.ssl, request.data(), static_cast<int>(request.size()));
        echo::expect_upgraded(
            echo::read_head([&c](char& byte) { return SSL_read(c.ssl, &byte, 1) == 1; }));
    }
    void prove(connection& c) {
        SSL_write(c.ssl, frame_.data(), static_cast<int>(frame_.size()));
        std::string reply(reply_bytes_, '\0');
        for (std::size_t at = 0, size = 0; at < reply.size(); at += size)
            if (SSL_read_ex(c.ssl, reply.data() + at, reply.size() - at, &size) != 1)
                die("no first reply", EPROTO);
        const bool is_right = reply.substr(reply.size() - size_) == std::string(size_, 'x');
        if (!is_right) die("the first reply is wrong", EPROTO);
    }

    void read(connection& c) {
        std::size_t size = 0;
        while (SSL_read_ex(c.ssl, scratch_.data(), scratch_.size(), &size) == 1) {
            c.reply_at += size;
            const std::size_t replies = c.reply_at / reply_bytes_;
            c.reply_at -= replies * reply_bytes_;
            c.served += replies;
            c.owed += replies;
        }
        if (SSL_get_error(c.ssl, 0) != SSL_ERROR_WANT_READ) die("connection lost", EPIPE);
    }
    void write(connection& c) {
        while (c.owed > 0 || c.writing > 0) {
            if (c.writing == 0) {
                c.writing = c.owed * frame_.size();
                c.owed = 0;
            }
            std::size_t written = 0;
            if (SSL_write_ex(c.ssl, train_.data(), c.writing, &written) != 1) {
                if (SSL_get_error(c.ssl, 0) != SSL_ERROR_WANT_WRITE) die("send", EPIPE);
                return;
            }
            c.writing = 0;
        }
    }

    std::size_t depth_;
    std::size_t size_;
    std::string frame_;
    std::string train_;  // as many frames as may be in flight
    std::size_t reply_bytes_;
    std::vector<char> scratch_;
    echo::load_loop<connection> loop_;
    SSL_CTX* context_;
    echo::endpoint where_;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    load(flags).run(std::stod(flags.text("--duration", "2")));
}
