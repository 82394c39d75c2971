// SPDX-License-Identifier: Apache-2.0
#include <weir/net/port_reservation.hpp>

#include <weir/base/error.hpp>

#include <sys/socket.h>

#include <cerrno>

namespace weir::net {

result<port_reservation> port_reservation::claim(const endpoint& where) {
    if (where.family() != family::ipv4 && where.family() != family::ipv6) {
        return fail(std::errc::invalid_argument);
    }
    unique_fd fd(::socket(where.native()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return fail(error_from_errno(errno));
    const int on = 1;
    sockaddr_storage chosen{};
    socklen_t size = sizeof chosen;
    auto* native = reinterpret_cast<sockaddr*>(&chosen);
    if (::setsockopt(fd.value(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::setsockopt(fd.value(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
        ::bind(fd.value(), where.native(), where.native_size()) != 0 ||
        ::getsockname(fd.value(), native, &size) != 0) {
        return fail(error_from_errno(errno));
    }
    return port_reservation(std::move(fd), endpoint::from_native(native, size));
}

}  // namespace weir::net
