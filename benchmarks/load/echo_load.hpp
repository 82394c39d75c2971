// SPDX-License-Identifier: Apache-2.0
// echo_load: one connection that sends messages and awaits each answer. Closed loop: the next
// message leaves when an answer has come. Open loop: messages leave at fixed moments whatever the
// server does, and latency counts from those moments, so that a server that stalls cannot hide it
// (coordinated omission; the term and the remedy are Gil Tene's).
#pragma once

#include "echo_peer.hpp"
#include "load_shard.hpp"
#include "send_times.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/event.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

/// The load of one connection. Lives in the frame of the task that runs it.
template <class Peer>
class echo_load {
public:
    explicit echo_load(load_shard& load, Peer peer, std::size_t index)
        : load_(load), peer_(std::move(peer)), index_(index) {}

    /// Runs until the window is over and every answer has come, or a stop.
    weir::task<> run() {
        const auto started = co_await load_.go.wait();
        if (!started) co_return;
        if (load_.options.is_open_loop()) {
            // The receiver waits for answers; the sender alone knows when none is due any more.
            static_cast<void>(co_await weir::when_all(send_at_fixed_moments(),
                                                      weir::with_stop(done_, receive_all())));
        } else {
            co_await answer_for_answer();
        }
        load_.counts.note(trouble::missing, in_flight_.size());
    }

private:
    /// Sends one message whose moment was `moment`.
    weir::task<bool> send(load_clock::time_point moment) {
        in_flight_.push(moment);
        load_.counts.sent.add();
        const auto sent = co_await peer_.send(weir::as_bytes(load_.payload));
        co_return sent.has_value();
    }

    weir::task<> answer_for_answer() {
        for (std::size_t i = 0; i < load_.options.depth; ++i) {
            const bool sent = co_await send(load_clock::now());
            if (!sent) co_return;
        }
        while (!in_flight_.empty()) {
            const std::size_t answers = co_await receive();
            if (answers == 0) co_return;
            if (load_.is_sending_over()) continue;
            for (std::size_t i = 0; i < answers; ++i) {
                const bool sent = co_await send(load_clock::now());
                if (!sent) co_return;
            }
        }
    }

    weir::task<> send_at_fixed_moments() {
        const auto& options = load_.options;
        const std::chrono::duration<double> between_all(1 / options.rate);
        const auto between = std::chrono::duration_cast<std::chrono::nanoseconds>(
            between_all * static_cast<double>(options.connections));
        // Connections take turns, so that the whole load is even.
        auto moment = load_.window_begin + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                               between_all * static_cast<double>(index_));
        for (; moment < load_.window_end; moment += between) {
            if (!co_await weir::sleep_until(moment)) break;
            while (in_flight_.size() >= options.depth && !ended_) {
                room_.reset();
                if (!co_await room_.wait()) co_return;
            }
            if (ended_) co_return;
            const bool sent = co_await send(moment);
            if (!sent) break;
        }
        all_sent_ = true;
        if (in_flight_.empty()) done_.request_stop();
    }

    weir::task<> receive_all() {
        while (!(all_sent_ && in_flight_.empty())) {
            const std::size_t answers = co_await receive();
            if (answers == 0) break;
            room_.set();
        }
        ended_ = true;
        room_.set();
    }

    /// Takes what has arrived; 0 = nothing more will come.
    weir::task<std::size_t> receive() {
        for (;;) {
            auto arrived = co_await peer_.receive();
            if (!arrived) {
                if (!weir::is_stopped(arrived.error())) {
                    load_.counts.note(trouble::lost, arrived.error());
                }
                co_return 0;
            }
            if (Peer::is_end(*arrived)) {
                load_.counts.note(trouble::lost);
                co_return 0;
            }
            const auto answers = peer_.count(*arrived, load_.options.size);
            if (!answers || *answers > in_flight_.size()) {
                load_.counts.note(trouble::wrong_answer);
                co_return 0;
            }
            const auto now = load_clock::now();
            for (std::size_t i = 0; i < *answers; ++i) {
                load_.counts.latency.record(now - in_flight_.pop());
                load_.counts.received.add();
            }
            if (*answers > 0) co_return *answers;
        }
    }

    load_shard& load_;
    Peer peer_;
    std::size_t index_;
    send_times in_flight_;
    weir::event room_;
    weir::stop_source done_;
    bool all_sent_ = false;
    bool ended_ = false;
};
