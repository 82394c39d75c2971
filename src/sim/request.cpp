// SPDX-License-Identifier: Apache-2.0
#include "request.hpp"

#include <algorithm>

namespace weir::sim {

namespace {

void copy_name(std::vector<std::byte>& out, const void* address, std::size_t size) {
    if (address == nullptr) return;
    const auto* first = static_cast<const std::byte*>(address);
    out.assign(first, first + size);
}

}  // namespace

request::request(simulated_kernel& from, const io_uring_sqe& asked, std::uint64_t number)
    : kernel(from), id(number), asked_(std::make_unique<const io_uring_sqe>(asked)), sqe(*asked_) {
    const auto* memory = reinterpret_cast<void*>(static_cast<std::uintptr_t>(sqe.addr));
    switch (sqe.opcode) {
        case IORING_OP_SEND:
        case IORING_OP_SEND_ZC:
            pieces.push_back({const_cast<void*>(memory), sqe.len});
            break;
        case IORING_OP_RECV:
            if (!selects_buffer()) pieces.push_back({const_cast<void*>(memory), sqe.len});
            break;
        case IORING_OP_SENDMSG: {
            const auto& message = *static_cast<const msghdr*>(memory);
            pieces.assign(message.msg_iov, message.msg_iov + message.msg_iovlen);
            copy_name(name, message.msg_name, message.msg_namelen);
            break;
        }
        case IORING_OP_RECVMSG: {
            const auto& layout = *static_cast<const msghdr*>(memory);
            name_room = layout.msg_namelen;
            control_room = layout.msg_controllen;
            if (!selects_buffer())
                pieces.assign(layout.msg_iov, layout.msg_iov + layout.msg_iovlen);
            break;
        }
        case IORING_OP_CONNECT:
            copy_name(name, memory, sqe.off);
            break;
        default:
            break;
    }
}

bool request::is_multishot() const noexcept {
    switch (sqe.opcode) {
        case IORING_OP_ACCEPT:
            return (sqe.ioprio & IORING_ACCEPT_MULTISHOT) != 0;
        case IORING_OP_RECV:
        case IORING_OP_RECVMSG:
            return (sqe.ioprio & IORING_RECV_MULTISHOT) != 0;
        case IORING_OP_POLL_ADD:
            return (sqe.len & IORING_POLL_ADD_MULTI) != 0;
        default:
            return false;
    }
}

bool request::is_send() const noexcept {
    return sqe.opcode == IORING_OP_SEND || sqe.opcode == IORING_OP_SENDMSG ||
           sqe.opcode == IORING_OP_SEND_ZC;
}

std::size_t request::size() const noexcept {
    if (pieces.empty()) return sqe.len;
    std::size_t total = 0;
    for (const iovec& each : pieces) total += each.iov_len;
    return total;
}

void request::lend(std::size_t count) noexcept {
    lent_bytes_ = count;
    lent_sum_ = checksum(count);
}

std::uint64_t request::checksum(std::size_t count) const noexcept {
    std::uint64_t sum = 0xCBF29CE484222325U;  // FNV-1a
    for (const iovec& each : pieces) {
        const auto* data = static_cast<const unsigned char*>(each.iov_base);
        const std::size_t size = std::min(each.iov_len, count);
        for (std::size_t at = 0; at < size; ++at) sum = (sum ^ data[at]) * 0x100000001B3U;
        count -= size;
    }
    return sum;
}

}  // namespace weir::sim
