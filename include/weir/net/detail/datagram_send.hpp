// SPDX-License-Identifier: Apache-2.0
// datagram_send: the request behind `udp_socket::send_to`.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/io/operation.hpp>
#include <weir/net/endpoint.hpp>

#include <cstddef>
#include <string>

namespace weir::net::detail {

/// Sends one datagram. Lives in the awaiting frame; the bytes are borrowed.
class datagram_send final : public single_operation {
public:
    /// An unspecified `to` = the connected peer.
    explicit datagram_send(int fd, bytes data, const endpoint& to) noexcept
        : fd_(fd), data_(data), to_(to) {}

    [[nodiscard]] result<std::size_t> await_resume() const noexcept { return size_result(); }
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override { out += "send fd=" + std::to_string(fd_); }

private:
    int fd_;
    bytes data_;
    endpoint to_;
};

}  // namespace weir::net::detail
