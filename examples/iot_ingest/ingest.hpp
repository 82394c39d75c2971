// SPDX-License-Identifier: Apache-2.0
// ingest: readings come one by one and are written in batches. What is more than can be written is
// shed at the door; what was let in is written, all of it.
//
//   report --load_shedder--> batcher --1000 readings, or after 50 ms--> write, two at a time
//             | refused: the queue is full, and nine tenths of the places wait for it
#pragma once

#include <weir/coro/ok.hpp>
#include <weir/flow/batcher.hpp>
#include <weir/io/sleep.hpp>
#include <weir/resilience/load_shedder.hpp>
#include <weir/sync/for_each_concurrent.hpp>

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

/// Neither copies nor moves.
class ingest {
public:
    using readings = std::vector<int>;
    static constexpr std::size_t batch_size = 1000;
    static constexpr std::size_t writes_at_once = 2;
    static constexpr std::chrono::milliseconds write_time{2};  // of a batch; stands for a database

    ingest() = default;

    /// Lets a reading in, now or soon.
    ///
    /// Errors:        refusal::overloaded; broken_pipe after close; operation_canceled.
    /// Cancellation:  the reading is not in.
    [[nodiscard]] weir::task<weir::result<void>> report(int reading) {
        const auto enter = [this, reading] { return add(reading); };
        const auto entered = co_await door_.call(enter, weir::rate::priority::background);
        if (entered) ++accepted_;
        co_return entered;
    }
    /// Nothing more comes; what is in is written still.
    void close() { waiting_.close(); }
    /// Writes until it is closed and empty.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  what was not written is lost.
    [[nodiscard]] weir::task<weir::result<void>> write_all() {
        const auto write = [this](readings batch) { return write_batch(std::move(batch)); };
        co_return co_await weir::for_each_concurrent(batches(), writes_at_once, write);
    }

    [[nodiscard]] std::size_t accepted() const { return accepted_; }
    [[nodiscard]] std::size_t refused() const { return std::size_t(door_.refused()); }
    [[nodiscard]] std::size_t written() const { return written_; }

private:
    weir::task<weir::result<void>> add(int reading) {
        co_return co_await waiting_.add(reading);  // waits while the queue is full
    }
    weir::stream<readings> batches() {
        while (auto batch = co_await weir::ok(waiting_.next())) co_yield std::move(*batch);
    }
    weir::task<weir::result<void>> write_batch(readings batch) {
        co_await weir::ok(weir::sleep_for(write_time));
        written_ += batch.size();
        co_return weir::result<void>();
    }
    static weir::flow::batch_limits limits() {
        weir::flow::batch_limits limits;
        limits.max_items = batch_size;
        limits.max_pending = 20 * batch_size;
        return limits;
    }
    static weir::resilience::shedder_options options() {
        weir::resilience::shedder_options options(50);
        options.threshold = 0.9;
        return options;
    }

    weir::flow::batcher<int> waiting_{limits()};
    weir::resilience::load_shedder door_{options()};
    std::size_t accepted_ = 0;
    std::size_t written_ = 0;
};
