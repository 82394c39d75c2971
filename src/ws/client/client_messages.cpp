// SPDX-License-Identifier: Apache-2.0
// The part of a client that sends and receives.
#include "client_core.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/timeout.hpp>
#include <weir/ws/client/client_error.hpp>

#include <utility>

namespace weir::ws::detail {

task<result<void>> client_core::send(outgoing what) {
    co_return co_await users_.push(std::move(what), nullptr);
}

task<result<message>> client_core::request(outgoing what, correlation reply) {
    co_return co_await request_over(users_, std::move(what), std::move(reply));
}

task<result<message>> client_core::request_over(send_lane& lane, outgoing what, correlation reply) {
    const asker who = &lane == &express_ ? asker::hook : asker::user;
    waiting_request mine(requests_, std::move(reply), who);
    ok(requests_.add(mine, now()));
    auto limited = with_timeout(setup_.request_timeout, exchange(lane, std::move(what), mine));
    co_return co_await limited;
}

task<result<message>> client_core::exchange(send_lane& lane, outgoing what, waiting_request& mine) {
    co_await ok(lane.push(std::move(what), &mine));
    co_return co_await mine.outcome();
}

task<result<void>> client_core::send_express(std::uint64_t epoch, outgoing what) {
    if (!is_alive(epoch)) co_return fail(make_error_code(client_errc::connection_lost));
    co_return co_await express_.push(std::move(what), nullptr);
}

task<result<message>> client_core::request_express(std::uint64_t epoch, outgoing what,
                                                   correlation reply) {
    if (!is_alive(epoch)) co_return fail(make_error_code(client_errc::connection_lost));
    co_return co_await request_over(express_, std::move(what), std::move(reply));
}

task<result<std::chrono::nanoseconds>> client_core::ping(std::uint64_t epoch) {
    co_await ok(check_stopped());
    if (!is_alive(epoch)) co_return fail(make_error_code(client_errc::connection_lost));
    ping_waiter mine(pings_.begin(now()), now());
    if (!open_->try_ping(ping_ledger::payload_of(mine.number))) {
        co_return fail(make_error_code(client_errc::connection_lost));
    }
    ping_waiters_.push_back(mine);
    const auto waited = co_await mine.settled.wait();
    if (!mine.is_linked()) co_return mine.outcome;
    co_return fail(waited.error());
}

void client_core::note_pong(bytes payload) noexcept {
    const auto answered = pings_.pong(payload, now());
    if (!answered) return;
    counts_.note_round_trip(answered->round_trip);
    ping_waiters_.for_each([&](ping_waiter& each) {
        if (each.number <= answered->number) each.settle(now() - each.begun);
    });
}

void client_core::count_sent(const outgoing& what) noexcept {
    counts_.messages_sent.add();
    counts_.bytes_sent.add(what.payload().size());
}

void client_core::count_received(const message& what) noexcept {
    counts_.messages_received.add();
    counts_.bytes_received.add(what.size());
}

task<action> client_core::take(message& arrived) {
    const std::string id = setup_.reply_id ? setup_.reply_id(arrived) : std::string();
    switch (requests_.take(arrived, id, now())) {
        case correlation_table::outcome::answered:
            counts_.replies.add();
            break;
        case correlation_table::outcome::late:
            counts_.late_replies.add();
            break;
        case correlation_table::outcome::unsolicited:
            co_await keep(arrived);
            break;
    }
    co_return action::done();
}

task<void> client_core::keep(message& arrived) {
    if (events_.subscribers() > 0) {
        message copy(arrived.kind(), buffer_lease::copy_of(arrived.data()));
        publish(message_arrived(epoch_, std::move(copy)));
    }
    while (inbox_.options().policy == when_full::wait && !inbox_.has_room(arrived.size())) {
        inbox_moved_.reset();
        const auto waited = co_await inbox_moved_.wait();
        if (!waited) co_return;  // the connection ends, and this message with it
    }
    const std::uint64_t unread = inbox_.dropped();
    inbox_.push(arrived);
    counts_.messages_unread.add(inbox_.dropped() - unread);
    inbox_moved_.set();
}

task<result<message>> client_core::next() {
    for (;;) {
        co_await ok(check_stopped());
        if (auto oldest = inbox_.take()) {
            inbox_moved_.set();
            co_return std::move(*oldest);
        }
        if (const auto why = over()) co_return fail(why);
        inbox_moved_.reset();
        co_await ok(inbox_moved_.wait());
    }
}

}  // namespace weir::ws::detail
