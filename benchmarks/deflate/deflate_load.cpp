// SPDX-License-Identifier: Apache-2.0
// A load generator for WebSocket echoes with permessage-deflate (RFC 7692) that knows nothing of
// weir: one thread, epoll, one message in flight on each connection. The message is compressed and
// masked once, without reference to others; replies are told apart by their headers, and the first
// of each connection is inflated and compared.
//
//   deflate_load --url ws://H:P --connections N --size B --duration S [--cpu N]
#include "../echo/command_line.hpp"
#include "../echo/load_loop.hpp"
#include "../echo/ws_client.hpp"
#include "../echo/ws_wire.hpp"

#include <sys/epoll.h>
#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace {

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
          frame_(echo::masked_frame(echo::op_text, deflated(text_), rsv1)),
          loop_(static_cast<std::size_t>(given.number("--connections", 64))) {
        const std::string url = given.text("--url", "");
        if (!url.starts_with("ws://")) die("--url ws://H:P", EINVAL);
        where_ = echo::parse_endpoint(url.substr(5));
    }

    void run(double seconds) {
        for (connection& c : loop_.connections()) open(c);
        for (connection& c : loop_.connections()) echo::send_all(c.fd, frame_);
        const auto turn = [this](connection& c) {
            receive(c, MSG_DONTWAIT);
            if (take_reply(c).empty()) return;
            ++c.served;
            echo::send_all(c.fd, frame_);
        };
        const std::string sizes = ", \"sent_bytes\": " + std::to_string(frame_.size()) +
                                  ", \"reply_bytes\": " + std::to_string(reply_bytes_);
        loop_.measure(0.3, seconds, turn, sizes);
    }

private:
    static constexpr std::uint8_t rsv1 = 0x40;  // compressed

    void open(connection& c) {
        c.fd = echo::connected_to(where_);
        upgrade(c);
        echo::send_all(c.fd, frame_);
        std::string reply;
        while (reply.empty()) {
            receive(c, 0);
            reply = take_reply(c);
        }
        if (inflated(reply, text_.size()) != text_) die("the first reply is wrong", EPROTO);
        reply_bytes_ = reply.size();
        loop_.watch(c, EPOLLIN);
    }
    static void upgrade(const connection& c) {
        echo::send_all(c.fd, echo::upgrade_request(
                                 "Sec-WebSocket-Extensions: permessage-deflate; "
                                 "server_no_context_takeover; client_no_context_takeover\r\n"));
        const std::string answer = echo::read_head(c.fd);
        echo::expect_upgraded(answer);
        if (answer.find("permessage-deflate") == std::string::npos)
            die("permessage-deflate was refused", EPROTO);
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
        if (!header.fin || header.rsv != rsv1 || header.op != echo::op_text)
            die("a reply that is no compressed message", EPROTO);
        std::string payload = c.arrived.substr(size, header.length);
        c.arrived.erase(0, size + header.length);
        return payload;
    }

    std::string text_;
    std::string frame_;
    echo::load_loop<connection> loop_;
    echo::endpoint where_;
    std::array<char, 65536> scratch_;
    std::size_t reply_bytes_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    load(flags).run(std::stod(flags.text("--duration", "2")));
}
