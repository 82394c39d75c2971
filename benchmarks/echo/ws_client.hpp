// SPDX-License-Identifier: Apache-2.0
// The client's half of ws_wire.hpp, with blocking calls, for the load generators: a connection, its
// upgrade, a masked message.
#pragma once

#include "command_line.hpp"
#include "ws_wire.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace echo {

inline int connected_to(const endpoint& server) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = ipv4(server);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        die("connect");
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

inline void send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) die("send");
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

/// The head of an answer, blank line included, of which `read_byte(char&)` reads one byte at a time
/// so that none of what follows is lost.
template <class ReadByte>
std::string read_head(ReadByte read_byte) {
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n")) {
        if (!read_byte(byte) || head.size() > 4096) die("no answer", EPROTO);
        head += byte;
    }
    return head;
}
inline std::string read_head(int fd) {
    return read_head([fd](char& byte) { return recv(fd, &byte, 1, 0) == 1; });
}

/// `more` is further header fields, each with its line end.
inline std::string upgrade_request(std::string_view more = {}) {
    return "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\nSec-WebSocket-Key: d2VpciBlY2hvIGxvYWQgIQ==\r\n"
           "Sec-WebSocket-Version: 13\r\n" +
           std::string(more) + "\r\n";
}

inline void expect_upgraded(std::string_view answer) {
    if (!answer.starts_with("HTTP/1.1 101")) die("upgrade refused", EPROTO);
}

/// One message in one frame; `rsv` sets further bits of its first byte.
inline std::string masked_frame(opcode op, std::string payload, std::uint8_t rsv = 0) {
    constexpr std::uint32_t key = 0x5a3c96e1U;
    const std::size_t header = server_header_bytes(payload.size());
    std::string frame(header + 4, '\0');
    write_server_header(frame.data(), static_cast<std::uint8_t>(op | rsv), payload.size());
    frame[1] = static_cast<char>(frame[1] | '\x80');
    std::memcpy(frame.data() + header, &key, 4);
    unmask(payload.data(), payload.data(), payload.size(), key);
    return frame + payload;
}

}  // namespace echo
