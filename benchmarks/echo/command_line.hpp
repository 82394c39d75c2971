// SPDX-License-Identifier: Apache-2.0
// What every program of this folder shares before its own idea begins: flags, the listening
// socket, and the core it runs on. Deliberately free of weir: these are its opponents.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace echo {

[[noreturn]] inline void die(const char* what, int error = errno) {
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(error));
    std::exit(1);
}

/// `--name value` pairs and bare `--name` switches; an unknown flag is simply never asked for.
class flags {
public:
    flags(int argc, char** argv) : argc_(argc), argv_(argv) {}

    [[nodiscard]] bool given(std::string_view name) const {
        for (int i = 1; i < argc_; ++i)
            if (name == argv_[i]) return true;
        return false;
    }
    [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise) const {
        for (int i = 1; i + 1 < argc_; ++i)
            if (name == argv_[i]) return argv_[i + 1];
        return std::string(otherwise);
    }
    [[nodiscard]] long number(std::string_view name, long otherwise) const {
        return std::strtol(text(name, std::to_string(otherwise)).c_str(), nullptr, 10);
    }

private:
    int argc_;
    char** argv_;
};

struct endpoint {
    std::string host;
    std::uint16_t port = 0;
};

inline endpoint parse_endpoint(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) die("expected HOST:PORT", EINVAL);
    const long port = std::strtol(text.c_str() + colon + 1, nullptr, 10);
    return {text.substr(0, colon), static_cast<std::uint16_t>(port)};
}

inline sockaddr_in ipv4(const endpoint& where) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(where.port);
    if (inet_pton(AF_INET, where.host.c_str(), &address.sin_addr) != 1) die("inet_pton", EINVAL);
    return address;
}

/// What all servers of this folder are told.
struct server_options {
    bool websocket;
    endpoint listen;
    int cpu;

    explicit server_options(const flags& given)
        : websocket(given.text("--protocol", "tcp") == "ws"),
          listen(parse_endpoint(given.text("--listen", "127.0.0.1:0"))),
          cpu(static_cast<int>(given.number("--cpu", -1))) {}
};

inline void pin_to(int cpu) {
    if (cpu < 0) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) die("sched_setaffinity");
}

/// The runner waits for this line before it starts the generator.
inline void announce(int listener) {
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    if (getsockname(listener, reinterpret_cast<sockaddr*>(&bound), &size) != 0) die("getsockname");
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &bound.sin_addr, host, sizeof host);
    std::printf("listening on %s:%u\n", host, ntohs(bound.sin_port));
    std::fflush(stdout);
}

/// TCP_NODELAY on the listener is inherited by what it accepts (Linux): no call per connection.
inline int listen_on(const endpoint& where, int type_flags) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | type_flags, 0);
    if (listener < 0) die("socket");
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const sockaddr_in address = ipv4(where);
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        die("bind");
    if (listen(listener, 4096) != 0) die("listen");
    return listener;
}

}  // namespace echo
