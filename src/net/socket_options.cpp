// SPDX-License-Identifier: Apache-2.0
#include <weir/net/socket_options.hpp>

#include "io/kernel.hpp"

#include <weir/base/error.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace weir::net::detail {
namespace {

/// Sets options one after the other; remembers the first failure.
class option_writer {
public:
    option_writer(kernel& system, int fd) noexcept : system_(system), fd_(fd) {}

    void set(int level, int name, int value) noexcept { write(level, name, &value, sizeof value); }
    void set(int level, int name, const std::string& value) noexcept {
        write(level, name, value.data(), static_cast<unsigned>(value.size()));
    }
    [[nodiscard]] result<void> outcome() const {
        if (error_ < 0) return fail(error_from_errno(-error_));
        return {};
    }

private:
    void write(int level, int name, const void* value, unsigned size) noexcept {
        if (error_ == 0) error_ = system_.set_option(fd_, level, name, value, size);
    }

    kernel& system_;
    int fd_;
    int error_ = 0;
};

void write_keepalive(option_writer& writer, const keepalive& probes) noexcept {
    writer.set(SOL_SOCKET, SO_KEEPALIVE, 1);
    writer.set(IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(probes.idle.count()));
    writer.set(IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(probes.interval.count()));
    writer.set(IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(probes.count));
}

void write_tcp(option_writer& writer, const socket_options& options) {
    if (options.nodelay) writer.set(IPPROTO_TCP, TCP_NODELAY, 1);
    if (options.keepalive) write_keepalive(writer, *options.keepalive);
    if (options.user_timeout.count() > 0) {
        writer.set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(options.user_timeout.count()));
    }
    if (!options.congestion_control.empty()) {
        writer.set(IPPROTO_TCP, TCP_CONGESTION, options.congestion_control);
    }
}

}  // namespace

result<void> apply_options(kernel& system, int fd, int family, const socket_options& options) {
    option_writer writer(system, fd);
    if (family == AF_INET || family == AF_INET6) write_tcp(writer, options);
    if (options.receive_buffer_bytes > 0) {
        writer.set(SOL_SOCKET, SO_RCVBUF, static_cast<int>(options.receive_buffer_bytes));
    }
    if (options.send_buffer_bytes > 0) {
        writer.set(SOL_SOCKET, SO_SNDBUF, static_cast<int>(options.send_buffer_bytes));
    }
    return writer.outcome();
}

}  // namespace weir::net::detail
