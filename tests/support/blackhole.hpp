// SPDX-License-Identifier: Apache-2.0
// blackhole: an address on the loopback interface that answers no connection attempt: a listener
// whose backlog is full, so that the kernel drops every further SYN.
#pragma once

#include <weir/base/unique_fd.hpp>
#include <weir/net/endpoint.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <vector>

namespace weir::test {

class blackhole {
public:
    explicit blackhole(const net::endpoint& address = net::endpoint::loopback(0))
        : listener_(stream_socket(address)) {
        ::bind(listener_.value(), address.native(), address.native_size());
        ::listen(listener_.value(), 0);
        sockaddr_storage bound{};
        socklen_t size = sizeof bound;
        ::getsockname(listener_.value(), reinterpret_cast<sockaddr*>(&bound), &size);
        where_ = net::endpoint::from_native(reinterpret_cast<sockaddr*>(&bound), size);
        // A backlog of 0 takes one; a few more to be sure that those behind them wait.
        for (int i = 0; i < 4; ++i) {
            fillers_.emplace_back(stream_socket(address, SOCK_NONBLOCK));
            ::connect(fillers_.back().value(), where_.native(), where_.native_size());
        }
    }

    [[nodiscard]] const net::endpoint& where() const noexcept { return where_; }

private:
    static unique_fd stream_socket(const net::endpoint& like, int flags = 0) {
        return unique_fd(::socket(like.native()->sa_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
    }

    unique_fd listener_;
    net::endpoint where_;
    std::vector<unique_fd> fillers_;
};

}  // namespace weir::test
