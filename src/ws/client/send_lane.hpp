// SPDX-License-Identifier: Apache-2.0
// send_lane: an outbox that tasks wait at, on both sides, and the requests whose messages are in
// it.
//
//   users --push--> [line] room? --> outbox --next--> in the hand --leave--> connection
//                                      ^---put_back---/
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/mutex.hpp>
#include <weir/ws/client/correlation_table.hpp>
#include <weir/ws/client/outbox.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace weir::ws::detail {

class send_lane;

/// A request and the place of its message. Lives in the frame of whoever asked.
class waiting_request final : public pending_request {
public:
    explicit waiting_request(correlation_table& table, correlation by,
                             asker who = asker::user) noexcept
        : pending_request(std::move(by), who), table_(table) {}
    waiting_request(const waiting_request&) = delete;
    waiting_request& operator=(const waiting_request&) = delete;
    /// Withdraws the message if it has not left, and gives the reply up.
    ~waiting_request();

    void settle(result<message>&& how) noexcept override {
        outcome_.emplace(std::move(how));
        settled_.set();
    }
    /// Waits for the reply or the reason why there is none.
    [[nodiscard]] task<result<message>> outcome();

private:
    friend class send_lane;

    correlation_table& table_;
    weir::event settled_;
    std::optional<result<message>> outcome_;
    send_lane* lane_ = nullptr;  // while the message is there
    outbox::ticket ticket_ = 0;
};

class send_lane {
public:
    /// Told how many messages left the lane unsent.
    using drop_observer = std::function<void(std::size_t)>;

    explicit send_lane(const outbox_options& options, correlation_table& requests,
                       drop_observer dropped)
        : box_(options), requests_(requests), dropped_(std::move(dropped)) {}

    /// Queues `what`, of `owner` if it is a request; waits for room where the policy says so.
    /// Errors:        what it was shut with; those of outbox::push; operation_canceled.
    /// Cancellation:  nothing was queued.
    [[nodiscard]] task<result<void>> push(outgoing what, waiting_request* owner);

    /// Takes what is to leave next into the hand; waits for it.
    /// Errors:        operation_canceled.
    /// Cancellation:  nothing was taken.
    [[nodiscard]] task<result<const outgoing*>> next();
    /// Whether what is in the hand is to be sent still.
    [[nodiscard]] bool is_wanted() const noexcept { return box_.is_wanted(); }
    /// What is in the hand leaves now: a reply to it may come.
    [[nodiscard]] outgoing leave();
    /// What is in the hand leaves without being sent: it was withdrawn, or can never be.
    void discard(std::error_code why);
    void put_back();

    /// Waits until nothing is queued. Errors, cancellation: operation_canceled.
    [[nodiscard]] task<result<void>> until_empty();
    /// Whoever pushes from now on, or waits to, fails with `why`.
    void shut(std::error_code why) noexcept;
    void reopen() noexcept { shut_with_.reset(); }
    /// Drops all, and ends their requests with `why`.
    void drop_all(std::error_code why);

    /// Takes out what nobody waits for; requests end with message_dropped.
    [[nodiscard]] std::vector<outgoing> take_all();
    /// Whether all of `more` find room.
    [[nodiscard]] bool fits(const std::vector<outgoing>& more) const noexcept;
    void queue_all(std::vector<outgoing> more);

    [[nodiscard]] const outbox& box() const noexcept { return box_; }

private:
    friend class waiting_request;

    [[nodiscard]] result<void> queue(outgoing&& what, waiting_request* owner);
    void drop(const std::vector<outbox::entry>& gone, std::error_code why);
    [[nodiscard]] waiting_request* release_owner(outbox::ticket of) noexcept;
    void withdraw(waiting_request& owner) noexcept;

    outbox box_;
    correlation_table& requests_;
    drop_observer dropped_;
    std::unordered_map<outbox::ticket, waiting_request*> owners_;
    outbox::ticket in_hand_ = 0;
    mutex line_;  // of those that wait for room
    weir::event moved_;
    weir::event work_;
    std::optional<std::error_code> shut_with_;
    std::uint64_t shuts_ = 0;
};

}  // namespace weir::ws::detail
