// SPDX-License-Identifier: Apache-2.0
#include "client_core.hpp"

#include "live_connection.hpp"

#include <weir/base/assert.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/connect.hpp>
#include <weir/ws/client/client_error.hpp>
#include <weir/ws/connection_error.hpp>
#include <weir/ws/protocol/mask_key_source.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace weir::ws::detail {

namespace {

std::uint64_t drawn_seed() {
    std::array<std::byte, sizeof(std::uint64_t)> drawn{};
    mask_key_source::fill_from_kernel(drawn);
    return std::bit_cast<std::uint64_t>(drawn);
}

/// What hooks send waits under the same bounds, but is never dropped for another.
outbox_options express_options(outbox_options of_users) noexcept {
    of_users.policy = when_full::wait;
    return of_users;
}

}  // namespace

/// While `run` runs, however it is left.
class client_core::running {
public:
    explicit running(client_core& of) noexcept : of_(of) {
        of_.is_running_ = true;
        of_.ended_.reset();
        of_.users_.reopen();
        of_.policy_.reset();
        of_.decided_.reset();
    }
    running(const running&) = delete;
    running& operator=(const running&) = delete;
    ~running() {
        if (!of_.life_.is_over() && of_.state() != client_state::disconnected) {
            of_.move_to(client_state::disconnected);
        }
        of_.is_running_ = false;
        of_.ended_.set();
    }

private:
    client_core& of_;
};

/// While there is a connection, however it is left.
class client_core::presence {
public:
    explicit presence(client_core& of, connection& peer) noexcept : of_(of) {
        of_.open_ = &peer;
        ++of_.epoch_;
        of_.counts_.connections.add();
        of_.express_.reopen();
        of_.pings_ = ping_ledger(of_.epoch_ << 32U);
        of_.renew_at_ = time_point::max();
        peer.listen_to_pongs([&of](bytes payload) { of.note_pong(payload); });
    }
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;
    ~presence() { of_.end_connection(); }

private:
    client_core& of_;
};

client_core::client_core(client_setup setup)
    : setup_(std::move(setup)),
      chance_(setup_.seed ? *setup_.seed : drawn_seed()),
      policy_(setup_.delays, setup_.stable_after, chance_.next(), setup_.rule),
      counts_(setup_.statistics == nullptr ? own_counts_ : of_this_shard(*setup_.statistics)),
      requests_(setup_.requests),
      users_(setup_.outbox, requests_,
             [this](std::size_t count) {
                 counts_.messages_dropped.add(count);
                 publish(messages_dropped(count));
             }),
      express_(express_options(setup_.outbox), requests_, {}),
      inbox_(setup_.inbox),
      subscriptions_(setup_.subscriptions) {
    // The client pings by its own clock, whatever else the peer sends.
    setup_.connect.connection.ping_interval = std::chrono::milliseconds(0);
    express_.shut(client_errc::connection_lost);
    ended_.set();
}

client_core::~client_core() {
    WEIR_ASSERT(!is_running_, "a WebSocket client was destroyed while it runs");
}

void client_core::publish(client_event what) {
    if (events_.subscribers() > 0) static_cast<void>(events_.try_publish(what));
}

void client_core::move_to(client_state next) {
    const client_state before = state();
    const bool may_follow = life_.enter(next);
    WEIR_ASSERT(may_follow, "a WebSocket client went to a state that may not follow");
    publish(state_changed(before, next));
    moved_.set();
    moved_.reset();
    inbox_moved_.set();
}

std::error_code client_core::over() const noexcept {
    if (state() == client_state::closed) return client_errc::closed;
    if (state() == client_state::error) return client_errc::gave_up;
    return {};
}

task<result<connection>> client_core::dial() {
    net::connect_options dialing;
    dialing.socket = setup_.connect.socket;
    auto socket = co_await net::connect_to(setup_.where.host(), setup_.where.port(), dialing);
    if (!socket) co_return fail(socket.error());
    move_to(client_state::connected);
    co_return co_await start_client(std::move(*socket), setup_.where, setup_.connect);
}

task<result<connection>> client_core::dial_in_time() {
    const std::chrono::nanoseconds limit = setup_.connect.connection.handshake_timeout;
    co_return co_await with_timeout(limit, dial());
}

task<result<void>> client_core::pause(std::chrono::nanoseconds delay) {
    co_return co_await sleep_for(delay);
}

task<failure> client_core::live_once() {
    counts_.attempts.add();
    move_to(client_state::connecting);
    auto attempt = with_stop(hurry_, dial_in_time());
    auto made = co_await attempt;
    if (!made) {
        requests_lost_ = unsent_bytes_ = 0;
        move_to(client_state::disconnected);
        co_return failure(made.error());
    }
    connection peer = std::move(*made);
    std::error_code end;
    {
        const presence here(*this, peer);
        move_to(client_state::websocket_connected);
        live_connection tasks(*this, peer);
        end = co_await tasks.run();
    }
    move_to(client_state::disconnected);
    const failure why(end, peer.close_code_received());
    const bool is_answered = end == connection_errc::closed;
    // Whoever closes in order waits for the end of TCP, too.
    if (closing_.is_set() && is_answered) static_cast<void>(co_await peer.close());
    co_return why;
}

void client_core::end_connection() {
    unsent_bytes_ = open_->queued_bytes();
    open_->listen_to_pongs({});
    open_ = nullptr;
    express_.shut(client_errc::connection_lost);
    express_.drop_all(client_errc::connection_lost);
    requests_lost_ = requests_.break_off(client_errc::connection_lost);
    counts_.requests_lost.add(requests_lost_);
    ping_waiters_.for_each([](ping_waiter& each) {
        each.settle(fail(make_error_code(client_errc::connection_lost)));
    });
    if (setup_.outbox.at_break == when_down::drop) {
        users_.drop_all(client_errc::message_dropped);
    }
}

decision client_core::decide(const failure& why) {
    if (decided_) return *std::exchange(decided_, std::nullopt);
    return policy_.decide(why, now());
}

bool client_core::survives(std::error_code error) {
    const decision next = policy_.decide(failure(error, close_code::no_status, true), now());
    if (next.keeps()) {
        publish(message_failed(error));
        return true;
    }
    decided_ = next;
    return false;
}

task<result<void>> client_core::run() {
    WEIR_ASSERT(!is_running_, "a WebSocket client is run twice at once");
    if (const auto wrong = first_error_of_setup()) co_return fail(wrong);
    if (state() == client_state::closed) co_return fail(make_error_code(client_errc::closed));
    const task_view self = co_await this_task();
    const running here(*this);
    for (;;) {
        const failure why = co_await live_once();
        if (closing_.is_set()) co_return finish(why.error());
        if (self.stop_requested()) co_return fail(stopped_error());
        const decision next = decide(why);
        connection_down down(epoch_, why, next);
        down.requests_lost = requests_lost_;
        down.unsent_bytes = unsent_bytes_;
        publish(std::move(down));
        if (!next.reconnect()) {
            give_up();
            co_return fail(why.error());
        }
        move_to(client_state::reconnecting);
        auto pausing = with_stop(hurry_, pause(next.delay()));
        const auto slept = co_await pausing;
        if (closing_.is_set()) {
            move_to(client_state::disconnected);
            co_return finish({});
        }
        if (!slept) co_return fail(slept.error());
    }
}

std::error_code client_core::first_error_of_setup() const {
    for (const setup_finding& each : setup_.check()) {
        if (!each.is_warning()) return each.error();
    }
    return {};
}

void client_core::give_up() {
    users_.shut(client_errc::gave_up);
    users_.drop_all(client_errc::gave_up);
    move_to(client_state::error);
}

result<void> client_core::finish(std::error_code how) {
    // A connection that was not there, or broke, is as good as closed.
    close_error_ = how == std::errc::timed_out ? how : std::error_code();
    users_.drop_all(client_errc::closed);
    move_to(client_state::closed);
    events_.close();
    if (close_error_) return fail(close_error_);
    return {};
}

void client_core::start_close(close_code code, std::string reason) {
    WEIR_ASSERT(is_valid_on_wire(code), "a client was closed with a code that may not be sent");
    if (closing_.is_set()) return;
    closing_code_ = code;
    closing_reason_ = std::move(reason);
    users_.shut(client_errc::closed);
    closing_.set();
    if (!is_running_) {
        static_cast<void>(finish({}));
    } else if (open_ == nullptr) {
        hurry_.request_stop();
    }
}

task<result<void>> client_core::close(close_code code, std::string reason) {
    start_close(code, std::move(reason));
    co_await ok(ended_.wait());
    if (close_error_) co_return fail(close_error_);
    co_return {};
}

client_parcel client_core::pack() {
    WEIR_ASSERT(!is_running_, "a WebSocket client was packed while it runs");
    client_parcel parcel(subscriptions_.export_state(), users_.take_all(), epoch_);
    start_close(close_code::normal, {});
    return parcel;
}

result<void> client_core::unpack(client_parcel parcel) {
    WEIR_ASSERT(state() == client_state::initialized, "a parcel was given to a client that ran");
    if (!users_.fits(parcel.messages)) return fail(std::errc::no_buffer_space);
    if (auto known = import_subscriptions(parcel.subscriptions); !known) return known;
    users_.queue_all(std::move(parcel.messages));
    epoch_ = parcel.epoch;
    return {};
}

void client_core::became_ready() {
    policy_.became_ready(now());
    move_to(client_state::ready);
    publish(connection_ready(epoch_));
}

task<result<void>> client_core::until_ready() {
    for (;;) {
        if (const auto why = over()) co_return fail(why);
        if (state() == client_state::ready) co_return co_await check_stopped();
        co_await ok(moved_.wait());
    }
}

}  // namespace weir::ws::detail
