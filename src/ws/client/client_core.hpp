// SPDX-License-Identifier: Apache-2.0
// client_core: what a client's handle points at: everything that outlives its connections. The
// tasks of one connection are `live_connection`.
//
// Whoever calls from outside waits here only, never at a connection: that one may go at any time.
#pragma once

#include "ping_waiter.hpp"
#include "send_lane.hpp"

#include <weir/base/random.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/of_this_shard.hpp>
#include <weir/io/reactor.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/mutex.hpp>
#include <weir/ws/client/client.hpp>
#include <weir/ws/client/ping_ledger.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace weir::ws::detail {

class client_core final : public message_sink {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit client_core(client_setup setup);
    ~client_core();

    // What the handle offers.
    [[nodiscard]] task<result<void>> run();
    [[nodiscard]] task<result<void>> until_ready();
    [[nodiscard]] task<result<void>> send(outgoing what);
    [[nodiscard]] task<result<message>> request(outgoing what, correlation reply);
    [[nodiscard]] task<result<message>> next();
    [[nodiscard]] task<result<void>> subscribe(std::string channel);
    [[nodiscard]] task<result<void>> unsubscribe(std::string channel);
    [[nodiscard]] task<result<void>> close(close_code code, std::string reason);
    void start_close(close_code code, std::string reason);
    [[nodiscard]] event_bus<client_event>& events() noexcept { return events_; }
    [[nodiscard]] result<void> import_subscriptions(std::string_view exported) {
        return subscriptions_.import_state(exported, now());
    }
    [[nodiscard]] client_parcel pack();
    [[nodiscard]] result<void> unpack(client_parcel parcel);
    [[nodiscard]] client_state state() const noexcept { return life_.state(); }
    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
    [[nodiscard]] const subscription_set& subscriptions() const noexcept { return subscriptions_; }
    [[nodiscard]] const client_statistics& statistics() const noexcept { return counts_; }
    [[nodiscard]] const send_lane& users() const noexcept { return users_; }
    [[nodiscard]] const correlation_table& requests() const noexcept { return requests_; }

    // What a link offers. All fail with connection_lost when `epoch` is over.
    [[nodiscard]] bool is_alive(std::uint64_t epoch) const noexcept {
        return open_ != nullptr && epoch == epoch_;
    }
    [[nodiscard]] client_link link() noexcept { return client_link(*this, epoch_); }
    [[nodiscard]] task<result<void>> send_express(std::uint64_t epoch, outgoing what);
    [[nodiscard]] task<result<message>> request_express(std::uint64_t epoch, outgoing what,
                                                        correlation reply);
    [[nodiscard]] task<result<std::chrono::nanoseconds>> ping(std::uint64_t epoch);

    // What a live connection needs.
    [[nodiscard]] const client_setup& setup() const noexcept { return setup_; }
    [[nodiscard]] time_point now() const noexcept { return reactor::current().now(); }
    void move_to(client_state next);
    void publish(client_event what);
    [[nodiscard]] send_lane& lane_of_users() noexcept { return users_; }
    [[nodiscard]] send_lane& express() noexcept { return express_; }
    [[nodiscard]] weir::event& closing() noexcept { return closing_; }
    [[nodiscard]] close_code closing_code() const noexcept { return closing_code_; }
    [[nodiscard]] const std::string& closing_reason() const noexcept { return closing_reason_; }
    /// Calls the hook; the next renewal is due `renew_at`.
    [[nodiscard]] task<result<void>> authenticate(client_link over);
    [[nodiscard]] time_point renew_at() const noexcept { return renew_at_; }
    [[nodiscard]] weir::event& renewed() noexcept { return renewed_; }
    /// Subscribes again to what is wanted. Errors: connection_lost, operation_canceled.
    [[nodiscard]] task<result<void>> restore(client_link over);
    void became_ready();
    void count_sent(const outgoing& what) noexcept;
    void count_received(const message& what) noexcept;
    void note_pong(bytes payload) noexcept;
    /// A layer reports an error. True when the connection stays.
    [[nodiscard]] bool survives(std::error_code error);
    /// A message that has passed the layers.
    [[nodiscard]] task<action> take(message& arrived) override;

private:
    class running;
    class presence;
    class open_question;

    [[nodiscard]] task<result<connection>> dial();
    [[nodiscard]] task<result<connection>> dial_in_time();
    [[nodiscard]] task<result<void>> pause(std::chrono::nanoseconds delay);
    [[nodiscard]] task<failure> live_once();
    [[nodiscard]] decision decide(const failure& why);
    [[nodiscard]] result<void> finish(std::error_code how);
    void give_up();
    void end_connection();
    [[nodiscard]] std::error_code first_error_of_setup() const;
    /// Why nothing can be asked of it any more; none = it can.
    [[nodiscard]] std::error_code over() const noexcept;
    [[nodiscard]] task<result<message>> exchange(send_lane& lane, outgoing what,
                                                 waiting_request& mine);
    [[nodiscard]] task<result<message>> request_over(send_lane& lane, outgoing what,
                                                     correlation reply);
    [[nodiscard]] task<void> keep(message& arrived);
    [[nodiscard]] task<result<void>> ask_for(std::string channel, subscription_set::question number,
                                             client_link over);
    /// Whether a hook's error is the peer's word about a channel.
    [[nodiscard]] bool is_refusal(std::error_code why) const;
    [[nodiscard]] result<void> settle(const open_question& asked, const result<void>& answer,
                                      const client_link& over);
    [[nodiscard]] task<result<void>> restore_one(std::string channel, client_link over);

    client_setup setup_;
    random chance_;
    error_policy policy_;
    client_lifecycle life_;
    client_statistics own_counts_;
    client_statistics& counts_;
    event_bus<client_event> events_;
    weir::event moved_;  // to another state

    correlation_table requests_;
    send_lane users_;
    send_lane express_;
    ws::inbox inbox_;
    weir::event inbox_moved_;
    subscription_set subscriptions_;
    ping_ledger pings_;
    intrusive_list<ping_waiter> ping_waiters_;

    mutex authenticating_;
    time_point renew_at_ = time_point::max();
    weir::event renewed_;

    connection* open_ = nullptr;  // while there is one
    std::uint64_t epoch_ = 0;
    std::size_t requests_lost_ = 0;  // with the last connection
    std::size_t unsent_bytes_ = 0;   // likewise
    std::optional<decision> decided_;

    stop_source hurry_;  // ends an attempt, or the pause before it, for a close
    weir::event closing_;
    weir::event ended_;  // nothing runs
    close_code closing_code_ = close_code::normal;
    std::string closing_reason_;
    std::error_code close_error_;
    bool is_running_ = false;
};

}  // namespace weir::ws::detail
