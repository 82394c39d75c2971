// SPDX-License-Identifier: Apache-2.0
// outbox: what waits to be sent: bounded in messages and in bytes, the urgent first, each handed
// out once. No I/O: who sends takes one into the hand, and says what became of it.
//
//   push --> queued --take--> in the hand --release--> gone
//      \        |  \              |    \---put_back--> queued again, as the first of its urgency
//       full    |   displaced     +-- withdrawn: it is not sent any more
//               withdrawn
#pragma once

#include <weir/base/result.hpp>
#include <weir/sync/channel.hpp>
#include <weir/ws/client/outgoing.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace weir::ws {

/// What becomes of queued messages when the connection breaks.
enum class when_down : std::uint8_t {
    keep,  ///< they leave over the next connection, in their order
    drop,  ///< they are dropped, which the client reports
};

/// The bounds of an outbox, and what happens at them.
class outbox_options {
public:
    outbox_options() noexcept {}

    /// Messages that may wait, 1 ... any.
    std::size_t max_messages = 500;
    /// Bytes of their payloads, 1 ... any. A message larger than that is refused.
    std::size_t max_bytes = std::size_t{8} << 20U;
    /// What a message does that finds no room. `conflate`: it replaces the queued one of the same
    /// key, full or not: where that one stands, or as the last of its own urgency if that is
    /// another. One without such a predecessor fails when full.
    when_full policy = when_full::wait;
    when_down at_break = when_down::keep;
};

/// Messages that wait to be sent. Belongs to one thread at a time; moves.
class outbox {
public:
    /// Names a message; never used again.
    using ticket = std::uint64_t;

    /// A message and its name.
    class entry {
    public:
        explicit entry(ticket number, outgoing message) noexcept
            : id(number), what(std::move(message)) {}
        ticket id;
        outgoing what;
    };

    explicit outbox(const outbox_options& options) noexcept : options_(options) {}

    /// Whether `what` can be queued without any other message having to leave.
    [[nodiscard]] bool has_room(const outgoing& what) const noexcept;
    /// Queues `what`, or does what the policy says; `wait` is up to the caller, who asks
    /// `has_room`.
    ///
    /// @param displaced  gets those that had to leave for it; the last is `what` itself under
    ///                   `drop_newest`.
    /// Errors:           no_buffer_space (full), message_size (larger than the whole outbox).
    [[nodiscard]] result<ticket> push(outgoing what, std::vector<entry>& displaced);
    /// The sender is not interested any more. False when it is not here: it was sent or dropped.
    bool withdraw(ticket id) noexcept;

    /// Takes the next one into the hand, of which there is one; null = nothing waits.
    [[nodiscard]] const entry* take();
    /// Whether what is in the hand is to be sent still.
    [[nodiscard]] bool is_wanted() const noexcept { return !withdrawn_; }
    /// Gives what is in the hand away: it leaves, or never will.
    [[nodiscard]] outgoing release();
    /// It has not been sent: it waits again, before all others of its urgency.
    void put_back();

    /// Takes all out, in the order in which they would have been sent.
    [[nodiscard]] std::vector<entry> clear();

    /// Messages, with the one in the hand.
    [[nodiscard]] std::size_t size() const noexcept { return count_ + (in_hand_ ? 1 : 0); }
    /// Bytes of payload, with that in the hand.
    [[nodiscard]] std::size_t size_bytes() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] const outbox_options& options() const noexcept { return options_; }

private:
    static constexpr std::size_t priorities = 3;
    using line = std::deque<entry>;

    [[nodiscard]] line& line_of(const outgoing& what) noexcept {
        return lines_[static_cast<std::size_t>(what.urgency())];
    }
    [[nodiscard]] entry* same_key(const outgoing& what) noexcept;
    [[nodiscard]] bool make_room(const outgoing& what, std::vector<entry>& displaced);
    [[nodiscard]] entry remove(line& from, line::iterator place);
    [[nodiscard]] std::optional<entry> take_out(ticket id) noexcept;

    outbox_options options_;
    std::array<line, priorities> lines_;
    std::optional<entry> in_hand_;
    bool withdrawn_ = false;  // what is in the hand
    std::size_t count_ = 0;   // without the hand
    std::size_t queued_bytes_ = 0;
    ticket last_ = 0;
};

}  // namespace weir::ws
