// SPDX-License-Identifier: Apache-2.0
// hand_off: a ring between two shards. The gateway writes a request where the matcher reads it: no
// copy, no lock, no message. Who finds nothing to do looks again for a while, as the other shard
// has a processor of its own, and only then sleeps, so that an idle market costs nothing.
//
//   matcher: empty --looked in vain--> asleep_ --still empty--> waits for the bell
//   gateway: publish --asleep_?--> post to the matcher's shard: ring
#pragma once

#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/shard.hpp>
#include <weir/sync/event.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

namespace matching {

/// A bounded ring of `T`s, from one shard to one other. When it is full, the writer finds no room.
template <class T>
class hand_off {
public:
    /// @param capacity  a power of two.
    /// @param reader    the shard that calls `wait`, `front` and `pop`.
    explicit hand_off(std::size_t capacity, weir::shard& reader)
        : slots_(std::make_unique<T[]>(capacity)), mask_(capacity - 1), reader_(reader) {}
    hand_off(const hand_off&) = delete;
    hand_off& operator=(const hand_off&) = delete;

    // ---- the writer
    /// A place to write to; null when all are taken.
    [[nodiscard]] T* claim() noexcept {
        if (written_here_ - read_seen_ > mask_) read_seen_ = read_.load(std::memory_order_acquire);
        return written_here_ - read_seen_ > mask_ ? nullptr : &slots_[written_here_ & mask_];
    }
    /// What was written to the claimed place can be read.
    void publish() {
        // In one order with asleep_: either the reader sees this, or we see that it sleeps.
        written_.store(++written_here_, std::memory_order_seq_cst);
        wake_reader();
    }
    /// Nothing more comes.
    void close() {
        closed_.store(true, std::memory_order_seq_cst);
        wake_reader();
    }

    // ---- the reader
    /// The oldest; null when there is none.
    [[nodiscard]] const T* front() noexcept {
        if (read_here_ == written_seen_) written_seen_ = written_.load(std::memory_order_acquire);
        return read_here_ == written_seen_ ? nullptr : &slots_[read_here_ & mask_];
    }
    /// The oldest was read; its place can be written to.
    void pop() noexcept { read_.store(++read_here_, std::memory_order_release); }
    /// Waits until there is something to read, or nothing will come.
    ///
    /// @return        whether there is something.
    /// Errors:        operation_canceled.
    /// Cancellation:  nothing is lost.
    [[nodiscard]] weir::task<weir::result<bool>> wait() {
        const auto patience_ends = std::chrono::steady_clock::now() + patience;
        while (front() == nullptr && std::chrono::steady_clock::now() < patience_ends) {
        }
        for (;;) {
            asleep_.store(true, std::memory_order_seq_cst);
            if (written_.load(std::memory_order_seq_cst) != read_here_ || closed_.load()) break;
            bell_.reset();
            co_await weir::ok(bell_.wait());
        }
        asleep_.store(false, std::memory_order_relaxed);
        co_return front() != nullptr;
    }

private:
    void wake_reader() {
        if (!asleep_.load(std::memory_order_seq_cst) || !asleep_.exchange(false)) return;
        // Fails only when the runtime ends, and its tasks with it.
        static_cast<void>(reader_.post([this] { bell_.set(); }));
    }

    static constexpr std::size_t line_bytes = 64;
    /// Much more than waking up costs.
    static constexpr std::chrono::microseconds patience{200};

    std::unique_ptr<T[]> slots_;
    std::size_t mask_;
    weir::shard& reader_;
    weir::event bell_;  // the reader's
    std::atomic<bool> asleep_{false};
    std::atomic<bool> closed_{false};
    // Each side's numbers in a cache line of its own, with what it last saw of the other's.
    alignas(line_bytes) std::atomic<std::size_t> written_{0};
    std::size_t written_here_ = 0;
    std::size_t read_seen_ = 0;
    alignas(line_bytes) std::atomic<std::size_t> read_{0};
    std::size_t read_here_ = 0;
    std::size_t written_seen_ = 0;
};

}  // namespace matching
