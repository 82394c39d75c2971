// SPDX-License-Identifier: Apache-2.0
#include <weir/net/detail/datagram_send.hpp>

#include "io/op/requests.hpp"

#include <weir/io/reactor.hpp>

#include <sys/socket.h>
#include <sys/uio.h>

#include <new>

namespace weir::net::detail {

void datagram_send::prepare(io_uring_sqe& sqe) noexcept {
    void* memory = reactor::current().submission_memory(sizeof(msghdr) + sizeof(iovec));
    auto* message = ::new (memory) msghdr{};
    message->msg_iov =
        ::new (message + 1) iovec{const_cast<std::byte*>(data_.data()), data_.size()};
    message->msg_iovlen = 1;
    if (to_.native_size() > 0) {
        message->msg_name = const_cast<sockaddr*>(to_.native());
        message->msg_namelen = to_.native_size();
    }
    op::fill_send_message(sqe, fd_, *message, 0);
}

}  // namespace weir::net::detail
