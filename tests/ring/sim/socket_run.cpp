// SPDX-License-Identifier: Apache-2.0
#include "socket_run.hpp"

#include <sys/socket.h>

#include <string>
#include <vector>

namespace weir::sim::test {

void socket_run::send_at_once(int fd, std::size_t size) {
    std::vector<std::byte> memory(size, static_cast<std::byte>(next_byte_++));
    iovec piece{memory.data(), memory.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    note_result("sent", system_.send_now(fd, message));
}

void socket_run::receive_at_once(int fd, std::size_t size) {
    std::vector<std::byte> memory(size);
    const int got = system_.receive_now(fd, memory.data(), memory.size());
    if (got <= 0) return note_result("got", got);
    note("got " + describe_bytes(memory.data(), static_cast<std::size_t>(got)));
}

net::endpoint socket_run::address_of(int fd) const {
    sockaddr_storage address{};
    unsigned size = sizeof address;
    static_cast<void>(system_.local_address(fd, reinterpret_cast<sockaddr*>(&address), &size));
    return net::endpoint::from_native(reinterpret_cast<sockaddr*>(&address), size);
}

void socket_run::tell_peer_and_error(int fd) {
    sockaddr_storage address{};
    unsigned size = sizeof address;
    note_result("peer", system_.peer_address(fd, reinterpret_cast<sockaddr*>(&address), &size));
    int error = 0;
    size = sizeof error;
    const int asked = system_.option(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    note("error " + std::to_string(asked) + " " + std::to_string(error));
}

}  // namespace weir::sim::test
