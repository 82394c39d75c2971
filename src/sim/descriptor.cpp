// SPDX-License-Identifier: Apache-2.0
#include "descriptor.hpp"

#include "machine.hpp"
#include "simulated_kernel.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace weir::sim {

namespace {

/// Whether a request waits for one of `events`.
bool concerns(const request& asked, unsigned events) noexcept {
    if (asked.is_send()) return (events & (POLLOUT | POLLERR | POLLHUP)) != 0;
    switch (asked.sqe.opcode) {
        case IORING_OP_RECV:
        case IORING_OP_RECVMSG:
        case IORING_OP_ACCEPT:
            return (events & (POLLIN | POLLERR | POLLHUP | POLLRDHUP)) != 0;
        default:
            return true;
    }
}

/// Whether it is woken alone of its kind: one connection is for one of those that wait to accept
/// (Linux: WQ_FLAG_EXCLUSIVE).
bool is_exclusive(const request& asked) noexcept { return asked.sqe.opcode == IORING_OP_ACCEPT; }

}  // namespace

void descriptor::submit(const request_ptr& asked) {
    const auto self = shared_from_this();
    if (attempt_or_poll(*asked, every_event, true)) return;
    enqueue(asked);
    asked->kernel.waits_at(*asked, self);
}

bool descriptor::attempt_or_poll(request& asked, unsigned events, bool is_first) {
    if (asked.sqe.opcode != IORING_OP_POLL_ADD) return attempt(asked);
    // io_uring adds these three to whatever is asked for.
    const unsigned wanted = asked.sqe.poll32_events | POLLERR | POLLHUP | POLLRDHUP;
    // Woken for something certain it reports just that, unseen; else it looks.
    const bool looks = events == every_event;
    unsigned seen = (looks ? readiness() : events) & wanted;
    if (seen == 0 && !is_first && (asked.sqe.poll32_events & POLLIN) != 0 &&
        home_.faults().strikes(fault::spurious_wake_up)) {
        seen = POLLIN;
    }
    if (seen == 0) return false;
    // A second report before the first one was seen: it looks again, and there is one.
    if (asked.is_multishot() &&
        asked.kernel.replace_report(asked, static_cast<int>(readiness() & wanted))) {
        return false;
    }
    asked.kernel.complete(asked, static_cast<int>(seen),
                          asked.is_multishot() ? IORING_CQE_F_MORE : 0);
    return asked.is_over;
}

void descriptor::enqueue(const request_ptr& asked) {
    // The newest is woken first, as in Linux's wait queues, but for those that are woken alone.
    waiting_.insert(is_exclusive(*asked) ? waiting_.end() : waiting_.begin(), asked);
}

void descriptor::notify(unsigned events) {
    const auto self = shared_from_this();
    // A copy: an attempt may change this or another descriptor, whose requests come back here.
    const std::vector<request_ptr> now_waiting = waiting_;
    bool woke_exclusive = false;
    for (const request_ptr& each : now_waiting) {
        if (each->is_over || each->is_leaving || !concerns(*each, events)) continue;
        if (is_exclusive(*each) && events != every_event && std::exchange(woke_exclusive, true)) {
            continue;
        }
        if (attempt_or_poll(*each, events, false)) {
            std::erase(waiting_, each);
        } else if (!each->is_multishot() && std::erase(waiting_, each) > 0) {
            enqueue(each);  // it waits anew
        }
    }
    release_if_unused();
}

bool descriptor::withdraw(const request& asked) noexcept {
    const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                    [&](const request_ptr& each) { return each.get() == &asked; });
    if (found == waiting_.end()) return false;
    const auto self = shared_from_this();
    waiting_.erase(found);
    release_if_unused();
    return true;
}

void descriptor::close() {
    closed_ = true;
    release_if_unused();
}

void descriptor::vanish() noexcept {
    closed_ = true;
    released_ = true;
    waiting_.clear();
}

void descriptor::release_if_unused() {
    if (!closed_ || released_ || !waiting_.empty()) return;
    released_ = true;
    released();
}

void descriptor::lose_connection_to(const machine&) {}
int descriptor::bind(const sockaddr*, unsigned) { return -ENOTSOCK; }
int descriptor::listen(int) { return -ENOTSOCK; }
int descriptor::local_address(sockaddr*, unsigned*) const { return -ENOTSOCK; }
int descriptor::peer_address(sockaddr*, unsigned*) const { return -ENOTSOCK; }
int descriptor::set_option(int, int, const void*, unsigned) { return -ENOTSOCK; }
int descriptor::option(int, int, void*, unsigned*) { return -ENOTSOCK; }
int descriptor::shut_down(int) { return -ENOTSOCK; }
int descriptor::receive_now(void*, std::size_t) { return -ENOTSOCK; }
int descriptor::send_now(const msghdr&) { return -ENOTSOCK; }

void event_descriptor::raise() {
    raised_ = true;
    notify(POLLIN);
}
bool event_descriptor::attempt(request& asked) {
    asked.kernel.complete(asked, -EINVAL, 0);
    return true;
}
unsigned event_descriptor::readiness() const noexcept { return raised_ ? POLLIN : 0U; }

}  // namespace weir::sim
