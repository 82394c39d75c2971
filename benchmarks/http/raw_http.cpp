// SPDX-License-Identifier: Apache-2.0
// The least that answers HTTP requests over io_uring: it looks for blank lines and sends a fixed
// answer for each. No parser, no limits, no dates: what a server's own work is measured against.
//
//   raw_http --listen HOST:PORT --size BYTES [--cpu N]
//
// A send has as many answers as the connection owes, straight out of a block of copies.
#include "../echo/command_line.hpp"
#include "../echo/uring_server.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace {

class responder {
public:
    struct connection : echo::served_connection {
        unsigned matched = 0;    // characters of a blank line that end what has come
        std::size_t owed = 0;    // answers
        std::size_t offset = 0;  // of the first of them that has left already
    };

    explicit responder(std::size_t size)
        : answer_("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
                  std::to_string(size) + "\r\n\r\n" + std::string(size, 'x')) {
        for (std::size_t i = 0; i < answers_at_once; ++i) block_ += answer_;
    }

    static std::unique_ptr<connection> accepted() { return std::make_unique<connection>(); }
    static void received(connection& c, std::span<const char> bytes) {
        for (const char next : bytes) {
            const bool fits = next == "\r\n\r\n"[c.matched];
            c.matched = fits ? c.matched + 1 : (next == '\r' ? 1 : 0);
            if (c.matched == 4) {
                c.matched = 0;
                ++c.owed;
            }
        }
    }
    [[nodiscard]] std::span<const char> to_send(const connection& c) const {
        const std::size_t end = std::min(c.owed, answers_at_once) * answer_.size();
        return std::span(block_).first(end).subspan(c.offset);
    }
    void sent(connection& c, std::size_t bytes) const {
        c.offset += bytes;
        c.owed -= c.offset / answer_.size();
        c.offset %= answer_.size();
    }

private:
    static constexpr std::size_t answers_at_once = 64;

    std::string answer_;
    std::string block_;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    const auto size = static_cast<std::size_t>(flags.number("--size", 13));
    echo::uring_server server(echo::parse_endpoint(flags.text("--listen", "127.0.0.1:0")),
                              responder(size));
    server.run();
}
