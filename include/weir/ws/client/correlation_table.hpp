// SPDX-License-Identifier: Apache-2.0
// correlation_table: which request a message answers. Replies come in any order; each goes to the
// request that it belongs to, to nobody when that one has left, and never over a connection other
// than the one that the request went over.
//
//   add --> unsent --sent--> sent --reply------> answered
//             |                |---connection breaks--> lost
//             +--- leave ---+  +---leave (timed out, stopped)--> late: its reply is swallowed
//                           v
//                          gone
//
// No clock and no wait: time is told, and a request is told of its end by `settle`.
#pragma once

#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/ws/client/correlation.hpp>
#include <weir/ws/message.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace weir::ws {

/// Who waits for a reply. Each is counted apart: a table full of the one has room for the other.
enum class asker : std::uint8_t {
    user,  ///< of the client
    hook,  ///< of the connection, which cannot live without its replies
};

/// A request that waits for its reply. Lives where its caller waits, and leaves its table first.
class pending_request : public list_node {
public:
    explicit pending_request(correlation by, asker who = asker::user) noexcept
        : by_(std::move(by)), who_(who) {}

    /// Its reply, or why there is none. Called once; must not throw.
    virtual void settle(result<message>&& how) noexcept = 0;

    [[nodiscard]] const correlation& by() const noexcept { return by_; }
    [[nodiscard]] asker who() const noexcept { return who_; }
    [[nodiscard]] bool is_sent() const noexcept { return is_sent_; }

protected:
    ~pending_request() = default;

private:
    friend class correlation_table;
    correlation by_;
    std::uint64_t turn_ = 0;  // of all requests that were sent
    asker who_;
    bool is_sent_ = false;
};

/// The bounds of a correlation_table.
class correlation_limits {
public:
    correlation_limits() noexcept {}

    /// Requests of users that may wait for a reply, and as many of hooks: 1 ... any.
    std::size_t max_pending = 1024;
    /// Requests that were given up, and whose replies may still come; the oldest is forgotten for
    /// one more. 1 ... any.
    std::size_t max_late = 1024;
    /// How long such a reply is awaited. A request by predicate swallows no message after that.
    std::chrono::nanoseconds late_for = std::chrono::minutes(1);
};

/// The requests of one client. Belongs to one thread at a time; neither copies nor moves.
class correlation_table {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// What a message was.
    enum class outcome : std::uint8_t {
        answered,     ///< a reply; it was moved to its request
        late,         ///< the reply to a request that was given up
        unsolicited,  ///< no reply at all, or to nothing that was asked over this connection
    };

    explicit correlation_table(const correlation_limits& limits) : limits_(limits) {}
    correlation_table(const correlation_table&) = delete;
    correlation_table& operator=(const correlation_table&) = delete;

    /// Adds a request that has not been sent. It must `leave` before it ends.
    /// Errors: refusal::too_many_in_flight, client_errc::duplicate_id.
    [[nodiscard]] result<void> add(pending_request& request, time_point now);
    /// From now on, a message may be its reply.
    void note_sent(pending_request& request) noexcept;
    /// The request ends, however: nothing is told to it any more.
    void leave(pending_request& request, time_point now);

    /// Finds out what `arrived` is. A reply is moved out of it.
    /// @param id  in the message; empty = it has none.
    [[nodiscard]] outcome take(message& arrived, std::string_view id, time_point now);

    /// The connection is gone: those that were sent over it end with `why`, and no late reply will
    /// come. Returns how many there were.
    std::size_t break_off(std::error_code why);
    /// Ends one that was not sent.
    void refuse(pending_request& request, std::error_code why);

    /// Requests that wait, sent or not.
    [[nodiscard]] std::size_t size() const noexcept { return counts_[0] + counts_[1]; }
    /// Requests whose replies would be swallowed.
    [[nodiscard]] std::size_t late() const noexcept { return late_.size(); }

private:
    /// Looked up by what a message holds, without a copy.
    struct text_hash {
        using is_transparent = void;
        [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>()(text);
        }
    };
    /// One that was given up.
    class absentee {
    public:
        explicit absentee(correlation known_by, std::uint64_t sent_as, time_point end)
            : by(std::move(known_by)), turn(sent_as), until(end) {}
        correlation by;
        std::uint64_t turn;
        time_point until;
    };

    [[nodiscard]] std::size_t& count_of(const pending_request& request) noexcept {
        return counts_[static_cast<std::size_t>(request.who())];
    }
    void unlist(pending_request& request) noexcept;
    void settle(pending_request& request, result<message>&& how) noexcept;
    void forget_oldest();
    void forget_overdue(time_point now);
    [[nodiscard]] outcome take_by_id(message& arrived, std::string_view id);
    [[nodiscard]] outcome take_by_match(message& arrived);

    correlation_limits limits_;
    // Null: it was given up, and stands in late_.
    std::unordered_map<std::string, pending_request*, text_hash, std::equal_to<>> by_id_;
    intrusive_list<pending_request> all_;  // those that were sent, in the order in which they were
    std::deque<absentee> late_;            // in the order in which they were given up
    std::array<std::size_t, 2> counts_{};  // by who asked
    std::uint64_t turns_ = 0;
};

}  // namespace weir::ws
