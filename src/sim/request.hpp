// SPDX-License-Identifier: Apache-2.0
// request: what was asked of a simulated kernel, from its submission to its last completion.
#pragma once

#include <liburing.h>

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace weir::sim {

class simulated_kernel;

/// A copy of all that Linux copies at submission; the bytes themselves stay the caller's.
class request {
public:
    explicit request(simulated_kernel& from, const io_uring_sqe& asked, std::uint64_t number);

    [[nodiscard]] bool is_multishot() const noexcept;
    [[nodiscard]] bool is_send() const noexcept;
    [[nodiscard]] bool selects_buffer() const noexcept {
        return (sqe.flags & IOSQE_BUFFER_SELECT) != 0;
    }
    [[nodiscard]] bool may_wait() const noexcept { return (sqe.msg_flags & MSG_DONTWAIT) == 0; }
    /// Bytes that it sends or has room for.
    [[nodiscard]] std::size_t size() const noexcept;

    /// The first `count` bytes that it sends must stay what they are until its next completion.
    void lend(std::size_t count) noexcept;
    void reclaim() noexcept { lent_bytes_ = 0; }
    [[nodiscard]] bool has_what_was_lent() const noexcept {
        return lent_bytes_ == 0 || checksum(lent_bytes_) == lent_sum_;
    }

    simulated_kernel& kernel;
    std::uint64_t id;
    std::vector<iovec> pieces;     ///< of a send, and of a receive into memory of its own
    std::vector<std::byte> name;   ///< the address that a connect or a message names
    std::size_t name_room = 0;     ///< of a receive of messages
    std::size_t control_room = 0;  ///< likewise
    bool is_over = false;
    bool is_leaving = false;  ///< cancelled; only its completion is still to come

private:
    [[nodiscard]] std::uint64_t checksum(std::size_t count) const noexcept;

    std::size_t lent_bytes_ = 0;
    std::uint64_t lent_sum_ = 0;
    // By pointer: it ends in an array without a size, which may be no part of a class.
    std::unique_ptr<const io_uring_sqe> asked_;

public:
    const io_uring_sqe& sqe;
};

using request_ptr = std::shared_ptr<request>;

}  // namespace weir::sim
