// SPDX-License-Identifier: Apache-2.0
#include "virtual_kernel.hpp"

#include <weir/base/assert.hpp>

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace weir::test {

virtual_kernel::virtual_kernel() : requests_(queue_entries), completions_(queue_entries) {
    sqes_ = requests_.data();
    sq_head_ = &head_of_requests_;
    sq_mask_ = queue_entries - 1;
    sq_entries_ = queue_entries;
    cqes_ = completions_.data();
    cq_head_ = &head_of_completions_;
    cq_tail_ = &tail_of_completions_;
    cq_mask_ = queue_entries - 1;
    polls_.reserve(4);
}

int virtual_kernel::enter(bool wait, time_point deadline) noexcept {
    while (head_of_requests_ != sq_tail_) {
        take_request(requests_[head_of_requests_++ & sq_mask_]);
    }
    check_polls();
    if (!wait || has_completions()) return 0;
    if (deadline == time_point::max()) {
        would_hang_ = true;
    } else {
        now_ = std::max(now_, deadline);
    }
    return 0;
}

void virtual_kernel::take_request(const io_uring_sqe& sqe) noexcept {
    switch (sqe.opcode) {
        case IORING_OP_POLL_ADD:
            polls_.push_back({sqe.user_data, sqe.fd});
            return;
        case IORING_OP_ASYNC_CANCEL:
            cancel(sqe);
            return;
        default:
            complete(sqe.user_data, -ENOSYS, 0);
    }
}

void virtual_kernel::cancel(const io_uring_sqe& sqe) noexcept {
    const auto target = std::find_if(polls_.begin(), polls_.end(),
                                     [&](const poll& each) { return each.user_data == sqe.addr; });
    const bool found = target != polls_.end();
    if (found) {
        complete(target->user_data, -ECANCELED, 0);
        polls_.erase(target);
    }
    if (!found || (sqe.flags & IOSQE_CQE_SKIP_SUCCESS) == 0) {
        complete(sqe.user_data, found ? 0 : -ENOENT, 0);
    }
}

void virtual_kernel::check_polls() noexcept {
    for (const poll& each : polls_) {
        pollfd asked{each.fd, POLLIN, 0};
        if (::poll(&asked, 1, 0) > 0) complete(each.user_data, asked.revents, IORING_CQE_F_MORE);
    }
}

void virtual_kernel::complete(std::uint64_t user_data, int result, std::uint32_t flags) noexcept {
    WEIR_ASSERT(tail_of_completions_ - head_of_completions_ < queue_entries,
                "the virtual kernel's completion queue is full");
    io_uring_cqe& completion = completions_[tail_of_completions_++ & cq_mask_];
    completion.user_data = user_data;
    completion.res = result;
    completion.flags = flags;
}

int virtual_kernel::register_buffer_ring(io_uring_buf_ring*, unsigned, std::uint16_t,
                                         bool) noexcept {
    return 0;
}
void virtual_kernel::unregister_buffer_ring(std::uint16_t) noexcept {}

int virtual_kernel::socket(int, int, int) noexcept { return -ENOSYS; }
int virtual_kernel::bind(int, const sockaddr*, unsigned) noexcept { return -ENOSYS; }
int virtual_kernel::listen(int, int) noexcept { return -ENOSYS; }
int virtual_kernel::set_option(int, int, int, const void*, unsigned) noexcept { return -ENOSYS; }
int virtual_kernel::option(int, int, int, void*, unsigned*) noexcept { return -ENOSYS; }
int virtual_kernel::local_address(int, sockaddr*, unsigned*) noexcept { return -ENOSYS; }
int virtual_kernel::peer_address(int, sockaddr*, unsigned*) noexcept { return -ENOSYS; }
void virtual_kernel::close_now(int) noexcept {}
int virtual_kernel::receive_now(int, void*, std::size_t) noexcept { return -ENOSYS; }
int virtual_kernel::send_now(int, const msghdr&) noexcept { return -ENOSYS; }

}  // namespace weir::test
