// SPDX-License-Identifier: Apache-2.0
// The door into a shard from other threads: a lock-free inbox of messages.
#pragma once

#include <atomic>

namespace weir {

/// Something that another thread wants run on a shard. Owned by the sender until `run` is called.
class inbox_message {
public:
    inbox_message(const inbox_message&) = delete;
    inbox_message& operator=(const inbox_message&) = delete;

    /// Called once on the receiving shard, between coroutines. May destroy the message.
    virtual void run() noexcept = 0;

protected:
    inbox_message() noexcept = default;
    inbox_message(inbox_message&&) noexcept {}
    ~inbox_message() = default;

private:
    friend class inbox;
    inbox_message* next_ = nullptr;
};

/// Messages from any number of threads to one. In the order in which each sender sent them.
class inbox {
public:
    inbox() noexcept = default;

    /// Any thread. Returns whether the receiver sleeps and this sender must wake it.
    [[nodiscard]] bool push(inbox_message& message) noexcept {
        inbox_message* head = head_.load(std::memory_order_relaxed);
        do {
            message.next_ = head;
        } while (!head_.compare_exchange_weak(head, &message, std::memory_order_seq_cst,
                                              std::memory_order_relaxed));
        // After the push, so that either the receiver sees the message or we see that it sleeps.
        return asleep_.load(std::memory_order_seq_cst) &&
               asleep_.exchange(false, std::memory_order_seq_cst);
    }

    /// The receiver, before it sleeps. Returns false when there is something to do first.
    [[nodiscard]] bool try_sleep() noexcept {
        asleep_.store(true, std::memory_order_seq_cst);
        if (head_.load(std::memory_order_seq_cst) == nullptr) return true;
        asleep_.store(false, std::memory_order_relaxed);
        return false;
    }
    void woke() noexcept { asleep_.store(false, std::memory_order_relaxed); }

    [[nodiscard]] bool empty() const noexcept {
        return head_.load(std::memory_order_relaxed) == nullptr;
    }

    /// The receiver: runs everything that has arrived.
    void drain() noexcept {
        inbox_message* newest = head_.exchange(nullptr, std::memory_order_acquire);
        inbox_message* oldest = nullptr;
        while (newest != nullptr) {  // the stack holds the newest first
            inbox_message* next = newest->next_;
            newest->next_ = oldest;
            oldest = newest;
            newest = next;
        }
        while (oldest != nullptr) {
            inbox_message* next = oldest->next_;
            oldest->run();
            oldest = next;
        }
    }

private:
    std::atomic<inbox_message*> head_{nullptr};
    std::atomic<bool> asleep_{false};
};

}  // namespace weir
