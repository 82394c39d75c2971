// SPDX-License-Identifier: Apache-2.0
// inbox: messages that nobody has asked for yet: bounded in messages and in bytes. No I/O.
#pragma once

#include <weir/sync/channel.hpp>
#include <weir/ws/message.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace weir::ws {

/// The bounds of an inbox, and what happens at them.
class inbox_options {
public:
    inbox_options() noexcept {}

    /// Messages that may wait, 1 ... any.
    std::size_t max_messages = 256;
    /// Bytes of them; one message may always wait, whatever its size.
    std::size_t max_bytes = std::size_t{8} << 20U;
    /// `drop_oldest`, `drop_newest`, or `wait`: the connection is not read meanwhile, replies to
    /// requests included. The others are contract violations.
    when_full policy = when_full::drop_oldest;
};

/// Messages in the order of their arrival. Belongs to one shard; moves.
class inbox {
public:
    explicit inbox(const inbox_options& options) noexcept;

    [[nodiscard]] bool has_room(std::size_t size) const noexcept {
        return waiting_.empty() ||
               (waiting_.size() < options_.max_messages && size <= options_.max_bytes &&
                bytes_ <= options_.max_bytes - size);
    }
    /// Keeps a copy of `arrived`, whose memory others are waiting for; without room, under
    /// `drop_newest`, it is dropped, else the oldest are. Under `wait`, ask `has_room` before.
    void push(const message& arrived);
    /// The oldest, if there is one.
    [[nodiscard]] std::optional<message> take();

    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
    /// Messages lost to the policy so far.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
    [[nodiscard]] const inbox_options& options() const noexcept { return options_; }

private:
    inbox_options options_;
    std::deque<message> waiting_;
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace weir::ws
