// SPDX-License-Identifier: Apache-2.0
// event_history: the last events of a stream, for readers that were away for a moment. Source:
// WHATWG HTML 9.2.4 (Last-Event-ID).
//
// The IDs are numbers that only rise, so finding one is a subtraction; `epoch` stands before them
// and tells one run of the server from the next, whose numbers begin again.
#pragma once

#include <weir/http/events/event_stream.hpp>
#include <weir/io/send_buffer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir::http {

/// How much is kept: whatever passes a limit first goes, the oldest first.
class event_history_options {
public:
    event_history_options() noexcept {}

    std::size_t max_events = 1000;
    std::size_t max_bytes = std::size_t{1} << 20U;  ///< of events as they are sent
    std::chrono::nanoseconds max_age = std::chrono::hours(1);
};

/// What a reader that comes back can be given.
enum class replay_outcome : std::uint8_t {
    complete,  ///< all that it missed, perhaps nothing
    gap,       ///< some of what it missed is gone: it must read the whole state anew
    unknown,   ///< its ID was never given here, or by another run: the same
};

/// Keeps the last events; a pure state that is told the time. Belongs to one shard.
///
/// ```cpp
/// weir::http::event_history history("7f3a");
/// send_to_all(history.append(weir::http::server_event("hello"), now));
/// const auto missed = history.since(last_event_id, now);
/// if (missed.outcome() != replay_outcome::complete) send(reset_event);
/// for (std::size_t i = 0; i < missed.size(); ++i) send(missed[i]);
/// ```
class event_history {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Events from one on: a view, valid until the next one is appended.
    class replay {
    public:
        [[nodiscard]] replay_outcome outcome() const noexcept { return outcome_; }
        [[nodiscard]] std::size_t size() const noexcept { return owner_->kept_.size() - first_; }
        [[nodiscard]] const send_buffer& operator[](std::size_t index) const noexcept;

    private:
        friend class event_history;
        replay(const event_history& owner, std::size_t first, replay_outcome outcome) noexcept
            : owner_(&owner), first_(first), outcome_(outcome) {}

        const event_history* owner_;
        std::size_t first_;
        replay_outcome outcome_;
    };

    /// @param epoch  of this run: one line without NUL and "-" (asserted), new at each start.
    explicit event_history(std::string epoch,
                           const event_history_options& options = event_history_options());

    /// Gives the event the next ID, keeps it and gives it as bytes. One that alone passes the limit
    /// of bytes is not kept: whoever misses it has a gap.
    send_buffer append(server_event event, time_point now);

    /// What came after the event with that ID.
    /// @param last_event_id  as the reader sent it; whatever it is. One that sent none is new here:
    ///                       there is nothing to ask for it.
    [[nodiscard]] replay since(std::string_view last_event_id, time_point now);

    /// The number in the ID of the next event, and of the oldest that is kept; the same where none
    /// is: for those who follow the stream and keep no more than their place in it.
    [[nodiscard]] std::uint64_t next() const noexcept { return next_; }
    [[nodiscard]] std::uint64_t oldest() const noexcept { return next_ - kept_.size(); }
    /// The event with that number, oldest() ... next() - 1 (asserted).
    [[nodiscard]] const send_buffer& operator[](std::uint64_t number) const noexcept;

    /// Drops what is too old; the other functions do so themselves.
    void expire(time_point now) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    struct kept_event {
        send_buffer text;
        time_point since;
    };

    void drop_oldest() noexcept;

    std::string epoch_;
    event_history_options options_;
    std::deque<kept_event> kept_;
    std::size_t bytes_ = 0;
    std::uint64_t next_ = 1;  // the ID after the last one; the IDs of what is kept end before it
};

static_assert(!std::is_aggregate_v<event_history_options>);

}  // namespace weir::http
