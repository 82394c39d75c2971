// SPDX-License-Identifier: Apache-2.0
// subscription_set: what a client has subscribed to, and what it wants back after a break. No I/O,
// no clock.
//
//   begin --> pending --confirm--> confirmed --end------------> unsubscribed
//              | |  ^                 |
//              | |  +-- prepare_for_reconnect: all that were ever confirmed and not ended, in the
//              | |                             order in which they were first asked for
//              | +--refuse--> failed
//              +--nobody answers for pending_timeout, or the question is interrupted--> expired
//
// A subscription is wanted from its first confirmation until it ends or is refused: one that
// expired while it was restored is wanted still, and restored with the next connection.
//
// Each question to the peer has a number: what became of an older one settles no newer one.
#pragma once

#include <weir/base/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::ws {

/// Where a subscription stands.
enum class subscription_status : std::uint8_t {
    pending,       ///< asked for, not answered
    confirmed,     ///< the peer sends it
    failed,        ///< the peer has refused it
    unsubscribed,  ///< ended by this side
    expired,       ///< nobody has answered in time, or could be asked
};

/// Its name, as in a log.
[[nodiscard]] std::string_view name_of(subscription_status status) noexcept;

/// One channel of a subscription_set. A value.
class subscription {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit subscription(std::uint64_t number, std::string channel, time_point now)
        : number_(number), channel_(std::move(channel)), since_(now) {}

    /// Counts up from 1 in the order in which they were asked for.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    [[nodiscard]] const std::string& channel() const noexcept { return channel_; }
    [[nodiscard]] subscription_status status() const noexcept { return status_; }
    /// Whether it is restored after a break.
    [[nodiscard]] bool is_wanted() const noexcept { return is_wanted_; }
    /// Since when it has this status.
    [[nodiscard]] time_point since() const noexcept { return since_; }

private:
    friend class subscription_set;

    std::uint64_t number_;
    std::string channel_;
    time_point since_;
    subscription_status status_ = subscription_status::pending;
    bool is_wanted_ = false;
    std::uint64_t question_ = 0;  // that the peer is asked, while it is pending; 0 = none
};

/// The bounds of a subscription_set.
class subscription_limits {
public:
    subscription_limits() noexcept {}

    /// Channels at once, pending ones included: 1 ... any.
    std::size_t max_channels = 10'000;
    /// Subscriptions that are over and still remembered; the oldest is forgotten for one more.
    std::size_t max_history = 100;
    /// How long a subscription is pending before it expires.
    std::chrono::nanoseconds pending_timeout = std::chrono::seconds(30);
};

/// The subscriptions of one client, one a channel. Belongs to one thread at a time; moves.
class subscription_set {
public:
    using time_point = subscription::time_point;

    explicit subscription_set(const subscription_limits& limits) noexcept : limits_(limits) {}

    /// Names a question; never used again.
    using question = std::uint64_t;

    /// Somebody wants `channel`: ask the peer. None = it is confirmed, there is nothing to do.
    /// Errors: subscription_pending (somebody else is asking), too_many_subscriptions.
    [[nodiscard]] result<std::optional<question>> begin(std::string channel, time_point now);
    /// The peer is asked to restore `channel`: from now on it can expire. None = it is not pending.
    [[nodiscard]] std::optional<question> ask(std::string_view channel, time_point now);
    /// The peer agreed. False, as of the following two, when `which` is over: nothing changes.
    bool confirm(std::string_view channel, question which, time_point now);
    /// The peer refused.
    bool refuse(std::string_view channel, question which, time_point now);
    /// The peer has said nothing about it: the connection broke, the asker was stopped or failed.
    /// One that is wanted expires, another has failed.
    bool interrupt(std::string_view channel, question which, time_point now);
    /// This side wants it no more.
    bool end(std::string_view channel, time_point now);
    /// Ends the wait of those that the peer was asked for too long ago; gives their channels.
    std::vector<std::string> expire(time_point now);
    /// When `expire` has something to do next; `time_point::max()` = never.
    [[nodiscard]] time_point next_expiry() const noexcept;

    /// The connection has gone, so nothing is confirmed any more. Gives the channels that are
    /// wanted back, in their order; they are pending.
    [[nodiscard]] std::vector<std::string> prepare_for_reconnect(time_point now);

    /// Null when nobody asked for it, or it is over.
    [[nodiscard]] const subscription* find(std::string_view channel) const noexcept;
    /// Those that are confirmed, in the order in which they were asked for.
    [[nodiscard]] std::vector<std::string> active() const;
    /// Those that are over, the oldest first.
    [[nodiscard]] const std::deque<subscription>& history() const noexcept { return history_; }
    [[nodiscard]] std::size_t size() const noexcept { return by_number_.size(); }

    /// What is wanted, as text: for a file, another process, another client.
    [[nodiscard]] std::string export_state() const;
    /// Wants what `exported` names, in that order and behind what is wanted already.
    /// Errors: malformed_state, too_many_subscriptions; then nothing was changed.
    [[nodiscard]] result<void> import_state(std::string_view exported, time_point now);

private:
    [[nodiscard]] subscription* look_up(std::string_view channel) noexcept;
    /// Null when `which` is over.
    [[nodiscard]] subscription* asked(std::string_view channel, question which) noexcept;
    [[nodiscard]] question put_question(subscription& about) noexcept;
    subscription& add(std::string channel, bool is_wanted, time_point now);
    void change(subscription& which, subscription_status status, time_point now) noexcept;
    /// It is over: it goes to the history.
    void retire(subscription& which, subscription_status status, time_point now);

    struct text_hash {
        using is_transparent = void;
        [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>()(text);
        }
    };

    subscription_limits limits_;
    std::map<std::uint64_t, subscription> by_number_;
    std::unordered_map<std::string, std::uint64_t, text_hash, std::equal_to<>> numbers_;
    std::deque<subscription> history_;
    std::uint64_t last_ = 0;
    question last_question_ = 0;
};

}  // namespace weir::ws
