// SPDX-License-Identifier: Apache-2.0
// unread_queue: bytes that arrived on a socket while nobody read it. It exists only as long as it
// holds something, so that a socket without unread bytes pays one pointer; but for a socket with a
// record layer, of which plain ones must not feel anything either.
#pragma once

#include <weir/coro/detail/frame_pool.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/net/detail/record_layer.hpp>

#include <cstddef>
#include <utility>

namespace weir::net::detail {

/// Leases in the order of arrival. Owns them; belongs to one shard.
class unread_queue final : public weir::detail::pooled {
public:
    unread_queue() noexcept = default;
    unread_queue(const unread_queue&) = delete;
    unread_queue& operator=(const unread_queue&) = delete;
    ~unread_queue() {
        while (!empty()) static_cast<void>(pop_front());
    }

    void push_back(buffer_lease&& arrived) {
        piece* added = add(std::move(arrived), nullptr);
        (first_ == nullptr ? first_ : last_->next) = added;
        last_ = added;
    }
    void push_front(buffer_lease&& arrived) {
        first_ = add(std::move(arrived), first_);
        if (last_ == nullptr) last_ = first_;
    }
    /// Only while it is not empty.
    [[nodiscard]] buffer_lease pop_front() noexcept {
        piece* taken = std::exchange(first_, first_->next);
        if (first_ == nullptr) last_ = nullptr;
        buffer_lease lease = std::move(taken->lease);
        delete taken;
        bytes_ -= lease.size();
        --pieces_;
        return lease;
    }

    /// The record layer that the bytes have come through; null = none.
    record_layer* layer = nullptr;

    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t pieces() const noexcept { return pieces_; }

private:
    struct piece : weir::detail::pooled {
        explicit piece(buffer_lease&& arrived, piece* behind) noexcept
            : lease(std::move(arrived)), next(behind) {}
        buffer_lease lease;
        piece* next;
    };

    [[nodiscard]] piece* add(buffer_lease&& arrived, piece* behind) {
        piece* added = new piece(std::move(arrived), behind);
        bytes_ += added->lease.size();
        ++pieces_;
        return added;
    }

    piece* first_ = nullptr;
    piece* last_ = nullptr;
    std::size_t bytes_ = 0;
    std::size_t pieces_ = 0;
};

}  // namespace weir::net::detail
