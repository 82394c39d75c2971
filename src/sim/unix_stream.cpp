// SPDX-License-Identifier: Apache-2.0
// What a simulated unix stream socket does otherwise than a TCP socket, after Linux's af_unix.c:
// each end knows at once what the other one does, and a connection stays one when an end is gone.
#include "stream_descriptor.hpp"

#include "machine.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace weir::sim {

/// 0 while an attempt may go on, else what connect(2) answers.
int stream_descriptor::unix_connect_error(const net::endpoint& target) const {
    const auto listener = listener_at(home(), target);
    if (listener == nullptr) {
        return home().paths().at(target).empty() ? -ENOENT : -ECONNREFUSED;
    }
    if ((listener->shut_ & receive_shut) != 0) return -ECONNREFUSED;
    if (phase_ == phase::fresh) return 0;
    return phase_ == phase::listening ? -EINVAL : -EISCONN;
}

unsigned stream_descriptor::unix_readiness() const noexcept {
    // As unix_poll has it.
    unsigned events = 0;
    if (error_ != 0) events |= POLLERR;
    if (shut_ == (receive_shut | send_shut) || phase_ == phase::fresh) events |= POLLHUP;
    if ((shut_ & receive_shut) != 0) events |= POLLIN | POLLRDHUP;
    if (!received_.empty() || !unaccepted_.empty()) events |= POLLIN;
    if (phase_ != phase::listening && room() > 0 && !was_full_) events |= POLLOUT;
    return events;
}

/// Why nothing can be received although nothing is there; 0 = the end.
int stream_descriptor::unix_receive_error() {
    if (peer_home_ == nullptr) return -EINVAL;
    if (error_ != 0) return -take_error();
    return (shut_ & receive_shut) != 0 ? 0 : -EAGAIN;
}

/// Why nothing can be sent; 0 when something can.
int stream_descriptor::unix_send_error() {
    if (peer_home_ == nullptr) return -ENOTCONN;
    if ((shut_ & send_shut) != 0) return -EPIPE;
    return -take_error();
}

void stream_descriptor::unix_shut_down(unsigned sides) {
    shut_ |= sides;
    notify(every_event);
    const auto peer = peer_.lock();
    if (peer == nullptr || peer->is_released()) return;
    if ((sides & receive_shut) != 0) peer->shut_ |= send_shut;
    if ((sides & send_shut) != 0) peer->shut_ |= receive_shut;
    peer->notify(every_event);
}

/// How many of the pieces that were sent end with `count` bytes more that were read. Linux tells
/// those who wait to send of each, whether they found the socket full or not.
unsigned stream_descriptor::unix_pieces_read(std::size_t count) {
    unsigned ended = 0;
    while (count > 0 && !unread_pieces_.empty()) {
        const std::size_t part = std::min(count, unread_pieces_.front());
        count -= part;
        unread_pieces_.front() -= part;
        if (unread_pieces_.front() > 0) break;
        unread_pieces_.pop_front();
        ++ended;
    }
    return ended;
}

/// This end is gone; the other one is told whether something was lost.
void stream_descriptor::unix_hang_up(bool is_unaccepted) {
    const auto peer = peer_.lock();
    if (peer == nullptr || peer->is_released()) return;
    peer->shut_ = receive_shut | send_shut;
    if (is_unaccepted || !received_.empty()) peer->error_ = ECONNRESET;
    peer->notify(every_event);
}

}  // namespace weir::sim
