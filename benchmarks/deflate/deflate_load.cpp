// SPDX-License-Identifier: Apache-2.0
// A load generator for WebSocket echoes with permessage-deflate (RFC 7692) that knows nothing of
// weir: one thread, epoll, one message in flight on each connection. The message is compressed and
// masked once, without reference to others; replies are told apart by their headers, and the first
// of each connection is inflated and compared.
//
//   deflate_load --url ws://H:P --connections N --size B --duration S [--cpu N]
#include "../echo/command_line.hpp"
#include "../echo/ws_wire.hpp"

#include <sys/epoll.h>
#include <zlib.h>

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

/// Orders as an exchange would tell them: what applications compress.
std::string orders(std::size_t size) {
    std::string text;
    for (unsigned i = 0; text.size() < size; ++i)
        text += "{\"id\":" + std::to_string(i * 2654435761U) +
                ",\"symbol\":\"WEIR\",\"price\":" + std::to_string(i * 7919U % 100000U) +
                ",\"side\":\"buy\"},";
    text.resize(size);
    return text;
}

std::string deflated(std::string text) {
    z_stream coder{};
    if (deflateInit2(&coder, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) die("deflate");
    std::string packed(text.size() + 100, '\0');
    coder.next_in = reinterpret_cast<Bytef*>(text.data());
    coder.avail_in = static_cast<uInt>(text.size());
    coder.next_out = reinterpret_cast<Bytef*>(packed.data());
    coder.avail_out = static_cast<uInt>(packed.size());
    deflate(&coder, Z_SYNC_FLUSH);
    packed.resize(coder.total_out - 4);  // the end that the extension leaves out
    deflateEnd(&coder);
    return packed;
}

std::string inflated(std::string packed, std::size_t size) {
    packed.append("\x00\x00\xff\xff", 4);
    z_stream coder{};
    if (inflateInit2(&coder, -15) != Z_OK) die("inflate");
    std::string text(size + 1, '\0');
    coder.next_in = reinterpret_cast<Bytef*>(packed.data());
    coder.avail_in = static_cast<uInt>(packed.size());
    coder.next_out = reinterpret_cast<Bytef*>(text.data());
    coder.avail_out = static_cast<uInt>(text.size());
    inflate(&coder, Z_SYNC_FLUSH);
    text.resize(coder.total_out);
    inflateEnd(&coder);
    return text;
}

struct connection {
    int fd = -1;
    std::string arrived;  // of a reply that is not whole
    std::uint64_t served = 0;
};

class load {
public:
    explicit load(const echo::flags& given)
        : text_(orders(static_cast<std::size_t>(given.number("--size", 1024)))),
          connections_(static_cast<std::size_t>(given.number("--connections", 64))) {
        std::string packed = deflated(text_);
        constexpr std::uint32_t key = 0x5a3c96e1U;
        const std::size_t header = echo::server_header_bytes(packed.size());
        frame_ = std::string(header + 4, '\0');
        echo::write_server_header(frame_.data(), echo::op_text, packed.size());
        frame_[0] = static_cast<char>(frame_[0] | '\x40');  // RSV1: compressed
        frame_[1] = static_cast<char>(frame_[1] | '\x80');
        std::memcpy(frame_.data() + header, &key, 4);
        echo::unmask(packed.data(), packed.data(), packed.size(), key);
        frame_ += packed;
        const std::string url = given.text("--url", "");
        if (!url.starts_with("ws://")) die("--url ws://H:P", EINVAL);
        where_ = echo::parse_endpoint(url.substr(5));
    }

    void run(double seconds) {
        epoll_ = epoll_create1(EPOLL_CLOEXEC);
        for (std::size_t i = 0; i < connections_.size(); ++i) open(i);
        for (connection& c : connections_) ask(c);
        loop_for(0.3);
        for (connection& c : connections_) c.served = 0;
        const auto begin = clock::now();
        loop_for(seconds);
        const double took = std::chrono::duration<double>(clock::now() - begin).count();
        std::uint64_t total = 0;
        for (const connection& c : connections_) total += c.served;
        std::printf(
            "{\"messages\": %llu, \"seconds\": %.6f, \"rate\": %.1f, \"sent_bytes\": %zu, "
            "\"reply_bytes\": %zu}\n",
            static_cast<unsigned long long>(total), took, static_cast<double>(total) / took,
            frame_.size(), reply_bytes_);
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
        upgrade(c);
        ask(c);
        std::string reply;
        while (reply.empty()) {
            receive(c, 0);
            reply = take_reply(c);
        }
        if (inflated(reply, text_.size()) != text_) die("the first reply is wrong", EPROTO);
        reply_bytes_ = reply.size();
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, c.fd, &event) != 0) die("epoll_ctl");
    }
    static void upgrade(connection& c) {
        constexpr std::string_view request =
            "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: d2VpciBlY2hvIGxvYWQgIQ==\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate; "
            "server_no_context_takeover; client_no_context_takeover\r\n\r\n";
        if (send(c.fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) die("send");
        std::string answer;
        char byte = 0;
        while (!answer.ends_with("\r\n\r\n")) {
            if (recv(c.fd, &byte, 1, 0) != 1 || answer.size() > 4096) die("no upgrade", EPROTO);
            answer += byte;
        }
        const bool agreed = answer.starts_with("HTTP/1.1 101") &&
                            answer.find("permessage-deflate") != std::string::npos;
        if (!agreed) die("permessage-deflate was refused", EPROTO);
    }

    void loop_for(double seconds) {
        const auto until = clock::now() + std::chrono::duration<double>(seconds);
        std::array<epoll_event, 512> events;
        while (clock::now() < until) {
            const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
            for (int k = 0; k < n; ++k) {
                connection& c = connections_[events[static_cast<std::size_t>(k)].data.u64];
                receive(c, MSG_DONTWAIT);
                if (take_reply(c).empty()) continue;
                ++c.served;
                ask(c);
            }
        }
    }
    void receive(connection& c, int flags) {
        const ssize_t n = recv(c.fd, scratch_.data(), scratch_.size(), flags);
        if (n == 0 || (n < 0 && errno != EAGAIN)) die("connection lost", EPIPE);
        if (n > 0) c.arrived.append(scratch_.data(), static_cast<std::size_t>(n));
    }
    /// The payload of a whole compressed reply; empty = not all of it has come.
    static std::string take_reply(connection& c) {
        echo::frame_header header;
        const std::size_t size = echo::read_header(c.arrived.data(), c.arrived.size(), header);
        if (size == 0 || c.arrived.size() < size + header.length) return {};
        if (!header.fin || header.rsv != 0x40 || header.op != echo::op_text)
            die("a reply that is no compressed message", EPROTO);
        std::string payload = c.arrived.substr(size, header.length);
        c.arrived.erase(0, size + header.length);
        return payload;
    }
    void ask(const connection& c) const {
        for (std::size_t at = 0; at < frame_.size();) {
            const ssize_t n = send(c.fd, frame_.data() + at, frame_.size() - at, MSG_NOSIGNAL);
            if (n <= 0) die("send");
            at += static_cast<std::size_t>(n);
        }
    }

    std::string text_;
    std::string frame_;
    std::vector<connection> connections_;
    echo::endpoint where_;
    std::array<char, 65536> scratch_;
    std::size_t reply_bytes_ = 0;
    int epoll_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    load(flags).run(std::stod(flags.text("--duration", "2")));
}
