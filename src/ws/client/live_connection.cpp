// SPDX-License-Identifier: Apache-2.0
#include "live_connection.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/ws/client/client_error.hpp>

#include <algorithm>
#include <utility>

namespace weir::ws::detail {

namespace {

using namespace std::chrono_literals;

/// Puts what is in the hand back, unless it has left.
class hand {
public:
    explicit hand(send_lane& of) noexcept : of_(&of) {}
    hand(const hand&) = delete;
    hand& operator=(const hand&) = delete;
    ~hand() {
        if (of_ != nullptr) of_->put_back();
    }
    [[nodiscard]] outgoing leave() { return std::exchange(of_, nullptr)->leave(); }
    void discard(std::error_code why) { std::exchange(of_, nullptr)->discard(why); }

private:
    send_lane* of_;
};

}  // namespace

task<std::error_code> live_connection::run() {
    constexpr std::size_t tasks = 7;
    task_group group(co_await this_task(), tasks);
    const auto start_task = [&group, this](task<result<void>> (live_connection::*work)()) {
        static_cast<void>(group.try_spawn([this, work] { return (this->*work)(); }));
    };
    // Whatever has arrived with the handshake is read after all others wait for it.
    start_task(&live_connection::close_in_order);
    start_task(&live_connection::send_express);
    start_task(&live_connection::send_of_users);
    start_task(&live_connection::keep_pinging);
    start_task(&live_connection::keep_beating);
    start_task(&live_connection::start);
    start_task(&live_connection::receive_all);
    const auto ended = co_await group.join();
    co_return ended ? stopped_error() : ended.error();
}

task<result<void>> live_connection::receive_all() {
    for (;;) {
        auto arrived = co_await peer_.receive();
        if (!arrived) co_return fail(arrived.error());
        core_.count_received(*arrived);
        is_taking_ = true;
        auto taking = setup_.layer ? setup_.layer(*arrived, core_) : core_.take(*arrived);
        action next = co_await std::move(taking);
        arrived = message();  // its memory is wanted by others
        // An answer that finds no room may wait for a peer that is gone: that has to be noticed.
        is_taking_ = false;
        ++signs_of_life_;  // what came meanwhile is read only now
        co_await ok(obey(std::move(next)));
    }
}

task<result<void>> live_connection::obey(action what) {
    switch (what.what()) {
        case action::kind::done:
            break;
        case action::kind::reply:
            co_return co_await core_.send_express(core_.epoch(), what.message());
        case action::kind::beat:
            beat_asked_.set();
            break;
        case action::kind::close:
            core_.start_close(what.code(), {});
            break;
        case action::kind::reconnect:
            static_cast<void>(peer_.start_close(close_code::normal));
            co_return fail(what.error());
        case action::kind::fail:
            if (!core_.survives(what.error())) co_return fail(what.error());
            break;
    }
    co_return {};
}

task<result<void>> live_connection::start() {
    if (setup_.authenticate) co_await ok(core_.authenticate(core_.link()));
    co_await ok(core_.restore(core_.link()));
    if (core_.state() != client_state::websocket_connected) co_return {};  // it is closed already
    core_.became_ready();
    ready_.set();
    co_return co_await keep_authenticated();
}

task<result<void>> live_connection::keep_authenticated() {
    for (;;) {
        core_.renewed().reset();
        const auto waited = co_await with_deadline(core_.renew_at(), core_.renewed().wait());
        if (waited) continue;  // somebody else has done it
        if (is_stopped(waited.error())) co_return fail(waited.error());
        co_await ok(core_.authenticate(core_.link()));
    }
}

task<result<void>> live_connection::send_express() {
    co_return co_await send_all(core_.express(), true);
}

task<result<void>> live_connection::send_of_users() {
    co_await ok(ready_.wait());
    co_return co_await send_all(core_.lane_of_users(), false);
}

task<result<void>> live_connection::send_all(send_lane& from, bool is_urgent) {
    const task_view self = co_await this_task();
    for (;;) {
        const outgoing* const first = co_await ok(from.next());
        hand taken(from);
        const bool may = co_await ok(may_leave(*first, is_urgent));
        if (!may || !from.is_wanted()) {
            taken.discard(client_errc::message_dropped);
            continue;
        }
        // Nothing suspends from here to where it is queued: it is sent now, or stays.
        if (self.stop_requested() || !peer_.is_open()) co_return {};
        const outgoing leaving = taken.leave();
        core_.count_sent(leaving);
        co_await ok(peer_.send(leaving.type(), as_bytes(leaving.payload())));
    }
}

task<result<bool>> live_connection::may_leave(const outgoing& what, bool is_urgent) {
    rate::rate_limiter<>* const limiter = setup_.limiter;
    if (limiter == nullptr) co_return true;
    const std::uint64_t cost = setup_.costs.of(what.kind());
    const auto urgency = is_urgent ? rate::priority::urgent : what.urgency();
    for (;;) {
        const auto allowed = co_await limiter->acquire(cost, urgency);
        if (allowed) co_return true;
        if (is_stopped(allowed.error())) co_return fail(allowed.error());
        const auto later = limiter->retry_after(cost);
        if (later == later.max()) co_return false;
        // Its line is full of others'.
        constexpr std::chrono::nanoseconds shortest_pause = 10ms;
        co_await ok(sleep_for(std::max(later, shortest_pause)));
    }
}

std::uint64_t live_connection::signs_of_life() noexcept {
    if (peer_.take_sign_of_life()) ++signs_of_life_;
    return signs_of_life_;
}

result<void> live_connection::judge(const result<void>& answer, bool is_alive) const {
    // While a message is being taken nothing is read, an answer neither: silence proves nothing.
    if (answer || is_alive || !peer_.is_open() || is_taking_) return {};
    if (answer.error() == std::errc::timed_out) {
        static_cast<void>(peer_.start_close(close_code::normal, "heartbeat timeout"));
        return fail(make_error_code(client_errc::heartbeat_timeout));
    }
    return answer;
}

task<result<void>> live_connection::keep_pinging() {
    if (setup_.ping_interval <= 0ns) co_return {};
    auto pause = setup_.ping_interval;
    for (;;) {
        co_await ok(sleep_for(pause));
        const std::uint64_t signs = signs_of_life();
        const auto answer =
            co_await with_timeout(setup_.heartbeat_timeout, core_.ping(core_.epoch()));
        result<void> outcome;
        if (!answer) outcome = fail(answer.error());
        co_await ok(check_stopped());
        // A pong waits behind a message that takes its time, whose bytes come instead.
        ok(judge(outcome, signs_of_life() != signs));
        const bool is_late = !answer && answer.error() == std::errc::timed_out;
        pause = is_late ? 0ns : setup_.ping_interval;
    }
}

task<result<void>> live_connection::keep_beating() {
    if (!setup_.beat) co_return {};
    for (;;) {
        const auto pause =
            setup_.beat_interval > 0ns ? setup_.beat_interval : std::chrono::nanoseconds::max();
        const auto asked = co_await with_timeout(pause, beat_asked_.wait());
        if (!asked && is_stopped(asked.error())) co_return fail(asked.error());
        beat_asked_.reset();
        const std::uint64_t signs = signs_of_life();
        const auto answer =
            co_await with_timeout(setup_.heartbeat_timeout, setup_.beat(core_.link()));
        co_await ok(check_stopped());
        // Other bytes are no sign of the application, unless its answer waits behind them.
        ok(judge(answer, signs_of_life() != signs && peer_.is_mid_message()));
    }
}

task<result<void>> live_connection::close_in_order() {
    co_await ok(core_.closing().wait());
    const bool was_ready = core_.state() == client_state::ready;
    core_.move_to(client_state::closing);
    if (was_ready) {
        static_cast<void>(
            co_await with_timeout(setup_.drain_timeout, core_.lane_of_users().until_empty()));
    }
    static_cast<void>(peer_.start_close(core_.closing_code(), core_.closing_reason()));
    co_await ok(sleep_for(setup_.connect.connection.close_timeout));
    co_return fail(std::errc::timed_out);
}

}  // namespace weir::ws::detail
