// SPDX-License-Identifier: Apache-2.0
// The bytes of a simulated stream between its two ends: their order, their time on the way, and
// what becomes of them when the way is cut or the other end is gone.
#include "stream_descriptor.hpp"

#include "machine.hpp"
#include "network.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace weir::sim {

namespace {
/// After so long without an answer Linux gives a connection up (tcp_retries2 = 15).
constexpr std::chrono::milliseconds longest_silence{924'600};
}  // namespace

void stream_descriptor::dispatch(segment next) {
    if (peer_home_ == nullptr || phase_ == phase::closed) return;
    on_the_way_.push_back(std::move(next));
    const std::size_t size = on_the_way_.back().data.size();
    if (peer_home_ == &home() && on_the_way_.size() == 1 && last_arrival_ <= home().world().now()) {
        arrive();
    } else {
        arrange_arrival(size);
    }
}

void stream_descriptor::arrange_arrival(std::size_t size) {
    if (is_stalled_) return;
    engine& world = home().world();
    network& between = home().between();
    // One piece after the other goes through a narrow link.
    link_free_at_ =
        std::max(link_free_at_, world.now()) + between.transfer_time(home(), *peer_home_, size);
    last_arrival_ =
        std::max(last_arrival_, link_free_at_ + between.travel_time(home(), *peer_home_));
    // The event holds this end: what was accepted arrives although the number is closed. After a
    // stall it counts for nothing: all that waited is sent again.
    world.at(last_arrival_, [me = self(), stall = stall_] {
        if (me->stall_ == stall) me->arrive();
    });
}

void stream_descriptor::arrive() {
    if (is_stalled_ || on_the_way_.empty()) return;
    if (!home().between().is_connected(home(), *peer_home_)) return wait_for_link();
    segment next = std::move(on_the_way_.front());
    on_the_way_.pop_front();
    if (next.is_end) close_if_both_ended();
    const auto peer = peer_.lock();
    if (peer != nullptr && !peer->is_released()) return peer->take_segment(std::move(next));
    // Nobody is there any more: the other machine answers with a reset.
    if (next.is_reset || (next.is_end && next.data.empty() && peer != nullptr)) return;
    const auto back = home().between().travel_time(*peer_home_, home(), 0);
    const int error = end_received_ ? EPIPE : ECONNRESET;
    if (back.count() == 0) return break_off(error);
    home().world().after(back, [me = self(), error] { me->break_off(error); });
}

void stream_descriptor::wait_for_link() {
    if (has_crashed()) return;  // nobody sends it again
    is_stalled_ = true;
    const std::uint64_t stall = ++stall_;
    const auto me = self();
    home().between().when_changed([me] {
        if (!std::exchange(me->is_stalled_, false) || me->has_crashed()) return;
        // What waited is sent again, in its order.
        for (const segment& each : me->on_the_way_) me->arrange_arrival(each.data.size());
    });
    const std::chrono::milliseconds own_limit(options_.number(IPPROTO_TCP, TCP_USER_TIMEOUT, 0));
    const auto limit = own_limit.count() > 0 ? own_limit : longest_silence;
    home().world().after(limit, [me, stall] {
        if (!me->is_stalled_ || me->stall_ != stall) return;
        me->is_stalled_ = false;
        me->break_off(ETIMEDOUT);
    });
}

void stream_descriptor::take_segment(segment next) {
    if (phase_ != phase::connected) return;
    if (next.is_reset) {
        const bool only_they_ended = end_received_ && !end_sent_;
        return break_off(only_they_ended ? EPIPE : ECONNRESET);
    }
    if (!next.data.empty() && shut_ == (receive_shut | send_shut) && end_sent_ && !end_received_) {
        // Nobody will ever read it: Linux answers with a reset.
        send_reset();
        return break_off(ECONNRESET);
    }
    if (!next.data.empty()) received_.push(next.data);
    if (next.is_end) {
        end_received_ = true;
        shut_ |= receive_shut;
        close_if_both_ended();
    }
    notify(next.is_end ? every_event : POLLIN);
}

void stream_descriptor::close_if_both_ended() {
    if (phase_ != phase::connected || !end_sent_ || !end_received_ || !on_the_way_.empty()) return;
    phase_ = phase::closed;
    shut_ = receive_shut | send_shut;
}

void stream_descriptor::break_off(int error) {
    if (phase_ != phase::connected) return;
    phase_ = phase::closed;
    shut_ = receive_shut | send_shut;
    error_ = error;
    unread_by_peer_ = 0;
    was_full_ = false;
    notify(every_event);
}

void stream_descriptor::lose_connection_to(const machine& there) {
    if (peer_home_ == &there) break_off(ECONNRESET);
}

/// The connection breaks under the request that is attempted now. That one gets the error; the
/// others are woken once it is done with.
int stream_descriptor::break_here() {
    unread_by_peer_ = 0;
    was_full_ = false;
    reset_peer();
    received_.clear();
    home().world().after({}, [me = self()] { me->notify(every_event); });
    return -ECONNRESET;
}

void stream_descriptor::reset_peer() {
    if (phase_ != phase::connected) return;
    send_reset();
    phase_ = phase::closed;
    shut_ = receive_shut | send_shut;
}

void stream_descriptor::send_reset() {
    // What is on the way arrives before it.
    segment end;
    end.is_reset = true;
    dispatch(std::move(end));
}

}  // namespace weir::sim
