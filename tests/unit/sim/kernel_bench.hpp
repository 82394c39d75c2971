// SPDX-License-Identifier: Apache-2.0
// Test support: a simulated kernel on a machine of its own, asked request by request.
#pragma once

#include "sim/engine.hpp"
#include "sim/machine.hpp"
#include "sim/network.hpp"
#include "sim/simulated_kernel.hpp"
#include "sim/stream_descriptor.hpp"

#include <weir/base/bytes.hpp>
#include <weir/net/endpoint.hpp>

#include <liburing.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::sim::test {

using namespace std::chrono_literals;

/// A completion.
class answer {
public:
    explicit answer(const io_uring_cqe& from) noexcept
        : tag(from.user_data), result(from.res), flags(from.flags) {}
    [[nodiscard]] bool goes_on() const noexcept { return (flags & IORING_CQE_F_MORE) != 0; }
    [[nodiscard]] unsigned buffer() const noexcept { return flags >> 16U; }

    std::uint64_t tag;
    int result;
    std::uint32_t flags;
};

/// Everything that belongs to one machine without a loop.
class kernel_bench {
public:
    explicit kernel_bench(unsigned cq_entries = 256, std::uint64_t seed = 1)
        : time(seed), between(time), home(time, between, 0, "home"), system(home, 64, cq_entries) {
        between.add(home);
    }

    /// A request to be filled in; it is submitted by the next `collect` or `run_for`.
    io_uring_sqe& ask(std::uint64_t tag) {
        io_uring_sqe* sqe = system.try_sqe();
        if (sqe == nullptr) std::abort();
        newest_.push_back({sqe, tag});
        return *sqe;
    }
    /// What has completed by now.
    std::vector<answer> collect() {
        sign();
        std::vector<answer> all;
        for (unsigned got = 1; got > 0;) {
            static_cast<void>(system.enter(false, {}));
            got = take(all);
        }
        return all;
    }
    /// What completes while `duration` passes.
    std::vector<answer> run_for(std::chrono::nanoseconds duration) {
        sign();
        std::vector<answer> all;
        const auto end = system.now() + duration;
        do {
            static_cast<void>(system.enter(true, end));
            take(all);
        } while (system.now() < end);
        return all;
    }
    /// Two connected unix sockets.
    std::pair<int, int> open_pair() {
        const auto a = std::make_shared<stream_descriptor>(home, AF_UNIX);
        const auto b = std::make_shared<stream_descriptor>(home, AF_UNIX);
        stream_descriptor::connect_pair(a, b);
        const int first = home.add(a);
        const int second = home.add(b);
        return {first, second};
    }
    /// Two connected TCP sockets, the one that connected first.
    std::pair<int, int> open_tcp_pair(std::uint16_t port = 80) {
        const int listener = open_listener(port);
        const int client = system.socket(AF_INET, SOCK_STREAM, 0);
        const net::endpoint where = net::endpoint::loopback(port);
        ::io_uring_prep_connect(&ask(901), client, where.native(), where.native_size());
        ::io_uring_prep_accept(&ask(902), listener, nullptr, nullptr, 0);
        int server = -1;
        for (const answer& each : collect()) {
            if (each.tag == 902) server = each.result;
        }
        system.close_now(listener);
        return {client, server};
    }
    /// A listener at a port of the loopback address.
    int open_listener(std::uint16_t port, int backlog = 16) {
        const int fd = system.socket(AF_INET, SOCK_STREAM, 0);
        const net::endpoint where = net::endpoint::loopback(port);
        if (system.bind(fd, where.native(), where.native_size()) != 0) std::abort();
        if (system.listen(fd, backlog) != 0) std::abort();
        return fd;
    }
    int say(int fd, std::string_view what) {
        iovec piece{const_cast<char*>(what.data()), what.size()};
        msghdr message{};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        return system.send_now(fd, message);
    }

    engine time;
    network between;
    machine home;
    simulated_kernel system;

private:
    // Preparing a request clears its tag.
    void sign() {
        for (const auto& each : std::exchange(newest_, {})) each.first->user_data = each.second;
    }
    unsigned take(std::vector<answer>& all) {
        return system.for_each_completion(
            4096, [&](const io_uring_cqe& each) { all.emplace_back(each); });
    }

    std::vector<std::pair<io_uring_sqe*, std::uint64_t>> newest_;
};

/// Buffers that a kernel may choose from.
class buffer_bench {
public:
    explicit buffer_bench(kernel_bench& owner, std::uint16_t group, bool incremental)
        : owner_(owner), group_(group), memory_(count * size) {
        ring_ =
            static_cast<io_uring_buf_ring*>(std::memset(std::aligned_alloc(4096, 4096), 0, 4096));
        if (owner_.system.register_buffer_ring(ring_, count, group, incremental) != 0) std::abort();
    }
    buffer_bench(const buffer_bench&) = delete;
    buffer_bench& operator=(const buffer_bench&) = delete;
    ~buffer_bench() {
        owner_.system.unregister_buffer_ring(group_);
        std::free(ring_);
    }

    void give(std::uint16_t id) {
        io_uring_buf& entry = ring_->bufs[ring_->tail & (count - 1)];
        entry.addr = reinterpret_cast<std::uintptr_t>(memory_.data() + id * size);
        entry.len = size;
        entry.bid = id;
        ++ring_->tail;
    }
    [[nodiscard]] std::string text(unsigned id, std::size_t offset, int length) const {
        const bytes all(memory_);
        return std::string(
            as_text(all.subspan(id * size + offset, static_cast<std::size_t>(length))));
    }
    void ask_receive(std::uint64_t tag, int fd) {
        io_uring_sqe& sqe = owner_.ask(tag);
        ::io_uring_prep_recv_multishot(&sqe, fd, nullptr, 0, 0);
        sqe.flags |= IOSQE_BUFFER_SELECT;
        sqe.buf_group = group_;
    }

    static constexpr unsigned count = 8;
    static constexpr unsigned size = 64;

private:
    kernel_bench& owner_;
    std::uint16_t group_;
    std::vector<std::byte> memory_;
    io_uring_buf_ring* ring_;
};

}  // namespace weir::sim::test
