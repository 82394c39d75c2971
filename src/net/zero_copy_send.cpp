// SPDX-License-Identifier: Apache-2.0
#include "zero_copy_send.hpp"

#include "io/op/requests.hpp"
#include "send_queue.hpp"

#include <weir/io/reactor.hpp>

#include <utility>

namespace weir::net::detail {

namespace {
constexpr std::uint32_t notification = 1U << 3;       // IORING_CQE_F_NOTIF
constexpr std::uint32_t copied_after_all = 1U << 31;  // IORING_NOTIF_USAGE_ZC_COPIED
}  // namespace

void zero_copy_send::prepare(io_uring_sqe& sqe) noexcept {
    op::fill_send_zero_copy(sqe, owner_.fd_, data_.data(), data_.size());
}

void zero_copy_send::complete(int result, std::uint32_t flags, bool more) noexcept {
    if ((flags & notification) != 0) {
        reactor::current().note_zero_copy((static_cast<std::uint32_t>(result) & copied_after_all) ==
                                          0);
    } else if (send_queue* queue = std::exchange(queue_, nullptr)) {
        queue->zero_copy_completed(result);
    }
    if (more) return;
    sender& owner = owner_;
    --owner.zero_copies_;
    delete this;
    owner.tell_idle_listener();
}

}  // namespace weir::net::detail
