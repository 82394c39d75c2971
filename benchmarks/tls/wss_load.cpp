// SPDX-License-Identifier: Apache-2.0
// A load generator for WebSocket echoes over TLS that knows nothing of weir: one thread, epoll,
// OpenSSL on the sockets. The frame is masked once; replies are counted by their bytes, and the
// first of each connection is compared.
//
//   wss_load --url wss://H:P --connections N --size B --depth D --duration S [--cpu N]
#include "../echo/command_line.hpp"
#include "../echo/ws_wire.hpp"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using clock = std::chrono::steady_clock;
using echo::die;

struct connection {
    int fd = -1;
    SSL* ssl = nullptr;
    std::size_t owed = 0;      // frames to send
    std::size_t writing = 0;   // bytes of the write that has to be repeated
    std::size_t reply_at = 0;  // bytes of the current reply that have come
    std::uint64_t served = 0;
};

std::string masked_frame(std::string payload) {
    constexpr std::uint32_t key = 0x5a3c96e1U;
    const std::size_t header = echo::server_header_bytes(payload.size());
    std::string frame(header + 4, '\0');
    echo::write_server_header(frame.data(), echo::op_binary, payload.size());
    frame[1] = static_cast<char>(frame[1] | '\x80');
    std::memcpy(frame.data() + header, &key, 4);
    echo::unmask(payload.data(), payload.data(), payload.size(), key);
    return frame + payload;
}

class load {
public:
    explicit load(const echo::flags& given)
        : depth_(static_cast<std::size_t>(given.number("--depth", 1))),
          size_(static_cast<std::size_t>(given.number("--size", 20))),
          frame_(masked_frame(std::string(size_, 'x'))),
          reply_bytes_(size_ + echo::server_header_bytes(size_)),
          scratch_(std::size_t{64} << 10U),
          connections_(static_cast<std::size_t>(given.number("--connections", 64))),
          context_(SSL_CTX_new(TLS_client_method())) {
        for (std::size_t i = 0; i < depth_; ++i) train_ += frame_;
        const std::string url = given.text("--url", "");
        const auto start = url.find("://");
        if (start == std::string::npos) die("--url wss://H:P", EINVAL);
        where_ = echo::parse_endpoint(url.substr(start + 3));
    }

    void run(double seconds) {
        epoll_ = epoll_create1(EPOLL_CLOEXEC);
        for (std::size_t i = 0; i < connections_.size(); ++i) open(i);
        for (connection& c : connections_) {
            c.owed = depth_;
            write(c);
        }
        loop_for(0.2);
        for (connection& c : connections_) c.served = 0;
        const auto begin = clock::now();
        loop_for(seconds);
        const double took = std::chrono::duration<double>(clock::now() - begin).count();
        std::uint64_t total = 0;
        for (const connection& c : connections_) total += c.served;
        std::printf("{\"messages\": %llu, \"seconds\": %.6f, \"rate\": %.1f}\n",
                    static_cast<unsigned long long>(total), took,
                    static_cast<double>(total) / took);
    }

private:
    void open(std::size_t i) {
        connection& c = connections_[i];
        c.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = echo::ipv4(where_);
        if (connect(c.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            die("connect");
        const int on = 1;
        setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        c.ssl = SSL_new(context_);
        SSL_set_fd(c.ssl, c.fd);
        if (SSL_connect(c.ssl) != 1) die("SSL_connect", EPROTO);
        upgrade(c);
        prove(c);
        fcntl(c.fd, F_SETFL, O_NONBLOCK);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.u64 = i;
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, c.fd, &event) != 0) die("epoll_ctl");
    }
    static void upgrade(connection& c) {
        constexpr std::string_view request =
            "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: d2VpciBlY2hvIGxvYWQgIQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n";
        SSL_write(c.ssl, request.data(), static_cast<int>(request.size()));
        std::string answer;
        char byte = 0;
        while (!answer.ends_with("\r\n\r\n")) {
            if (SSL_read(c.ssl, &byte, 1) != 1 || answer.size() > 4096) die("no upgrade", EPROTO);
            answer += byte;
        }
        if (!answer.starts_with("HTTP/1.1 101")) die("upgrade refused", EPROTO);
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

    void loop_for(double seconds) {
        const auto until = clock::now() + std::chrono::duration<double>(seconds);
        std::array<epoll_event, 512> events;
        while (clock::now() < until) {
            const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
            for (int k = 0; k < n; ++k) {
                connection& c = connections_[events[static_cast<std::size_t>(k)].data.u64];
                read(c);
                write(c);
            }
        }
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
    std::vector<connection> connections_;
    SSL_CTX* context_;
    echo::endpoint where_;
    int epoll_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    load(flags).run(std::stod(flags.text("--duration", "2")));
}
