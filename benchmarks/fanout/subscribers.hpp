// SPDX-License-Identifier: Apache-2.0
// What both programs of this folder share: a process of subscribers that connect over TCP and throw
// away what they get, the clock, and the line of results.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace fanout {

constexpr int publisher_cpu = 0;
constexpr int subscriber_cpu = 1;

[[noreturn]] inline void die(const char* what) {
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

inline void run_on(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    // A machine with one processor runs both there.
    static_cast<void>(::sched_setaffinity(0, sizeof set, &set));
}

inline void allow_all_files() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// The subscribers' process, and the publisher's ends of their connections, which belong to whoever
/// takes them.
class subscribers {
public:
    explicit subscribers(std::size_t count) {
        allow_all_files();
        const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener, 4096) != 0) {
            die("listen");
        }
        socklen_t size = sizeof address;
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
        process_ = ::fork();
        if (process_ < 0) die("fork");
        if (process_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::close(listener);
            subscribe(address, count);
        }
        // One that could not connect has said why and is gone: accept must not wait for it.
        const timeval longest_silence{10, 0};
        ::setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &longest_silence, sizeof longest_silence);
        for (std::size_t i = 0; i < count; ++i) {
            const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) die("accept");
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            ends_.push_back(fd);
        }
        ::close(listener);
        run_on(publisher_cpu);
    }
    subscribers(const subscribers&) = delete;
    subscribers& operator=(const subscribers&) = delete;
    ~subscribers() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }

    [[nodiscard]] const std::vector<int>& ends() const noexcept { return ends_; }

private:
    [[noreturn]] static void subscribe(const sockaddr_in& where, std::size_t count) {
        run_on(subscriber_cpu);
        const int poll = ::epoll_create1(EPOLL_CLOEXEC);
        for (std::size_t i = 0; i < count; ++i) {
            const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
            use_source_of_our_own(fd);
            if (::connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
                die("connect");
            }
            epoll_event wanted{};
            wanted.events = EPOLLIN;
            wanted.data.fd = fd;
            if (::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &wanted) != 0) die("epoll_ctl");
        }
        epoll_event ready[512];
        static char nowhere[1 << 20];
        for (;;) {
            const int events = ::epoll_wait(poll, ready, 512, -1);
            for (int i = 0; i < events; ++i) {
                // TCP throws the bytes away without copying them.
                const auto got =
                    ::recv(ready[i].data.fd, nowhere, sizeof nowhere, MSG_DONTWAIT | MSG_TRUNC);
                if (got == 0) std::_Exit(0);
            }
        }
    }

    /// The ports of 127.0.0.1 may all be resting from the connections of an earlier run.
    static void use_source_of_our_own(int fd) {
        const auto process = static_cast<std::uint32_t>(::getpid());
        sockaddr_in source{};
        source.sin_family = AF_INET;
        source.sin_addr.s_addr = htonl(0x7f000000U | (process & 0xffffU) << 8 | 1U);
        const int on = 1;
        ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        if (::bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) die("bind");
    }

    pid_t process_ = -1;
    std::vector<int> ends_;
};

/// Times a run and prints its result as one JSON line.
class measurement {
public:
    explicit measurement(double seconds)
        : begin_(now()), end_(begin_ + std::chrono::duration<double>(seconds)), used_(used()) {}

    [[nodiscard]] bool is_over() const { return now() >= end_; }
    void print(std::uint64_t publishes, std::size_t subscribers) const {
        const std::chrono::duration<double> took = now() - begin_;
        std::printf(
            "{\"publishes\": %llu, \"deliveries\": %llu, \"seconds\": %.6f, "
            "\"cpu_seconds\": %.6f}\n",
            static_cast<unsigned long long>(publishes),
            static_cast<unsigned long long>(publishes * subscribers), took.count(), used() - used_);
    }

private:
    using moment =
        std::chrono::time_point<std::chrono::steady_clock, std::chrono::duration<double>>;
    [[nodiscard]] static moment now() { return std::chrono::steady_clock::now(); }
    /// Seconds of processor time of this process, the subscribers not counted.
    [[nodiscard]] static double used() {
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
        };
        return seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }

    moment begin_;
    moment end_;
    double used_;
};

/// `program SUBSCRIBERS BYTES SECONDS`
class arguments {
public:
    explicit arguments(int argc, char** argv) {
        if (argc != 4) {
            std::fprintf(stderr, "usage: %s SUBSCRIBERS BYTES SECONDS\n", argv[0]);
            std::exit(2);
        }
        subscribers = static_cast<std::size_t>(std::atol(argv[1]));
        bytes = static_cast<std::size_t>(std::atol(argv[2]));
        seconds = std::atof(argv[3]);
    }
    std::size_t subscribers;
    std::size_t bytes;
    double seconds;
};

}  // namespace fanout
