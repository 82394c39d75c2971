// SPDX-License-Identifier: Apache-2.0
// client: a WebSocket client that outlives its connections. The handle stays the same while it
// connects, authenticates, subscribes again and goes on, however often the peer goes away.
//
//   send, request --> outbox --> rate limit --> connection --> layers --> reply --> request
//   hooks' link   --> express --/                                  \----> inbox --> next
//                                                                   \---> listeners
//
// What it promises about a message: it is handed to one connection at most once. One that was
// handed over when the connection broke may have arrived or not, and is not sent again; a request
// then ends with client_errc::connection_lost, and whether it may be repeated only its sender
// knows. What still waits is kept or dropped, as `outbox_options::at_break` says.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/sync/event_bus.hpp>
#include <weir/ws/client/client_event.hpp>
#include <weir/ws/client/client_parcel.hpp>
#include <weir/ws/client/client_setup.hpp>
#include <weir/ws/client/client_state.hpp>
#include <weir/ws/client/client_statistics.hpp>
#include <weir/ws/client/correlation.hpp>
#include <weir/ws/client/outgoing.hpp>
#include <weir/ws/client/subscription_set.hpp>
#include <weir/ws/message.hpp>
#include <weir/ws/protocol/close_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace weir::ws {

namespace detail {
class client_core;
}

/// A client of one service. Neither copies nor moves; belongs to one shard. Nothing goes on outside
/// of `run`, which its owner runs as a task; it must outlive that and every call. What it keeps is
/// bounded by its setup: messages in the outbox and as much again of its hooks, messages in the
/// inbox, requests, late replies, subscriptions and their history, and what listeners want.
///
/// ```cpp
/// weir::ws::client exchange(std::move(setup));
/// group.spawn(&weir::ws::client::run, &exchange);
/// co_await weir::ok(exchange.subscribe("trades.BTC"));
/// auto answer = co_await weir::ok(exchange.request(question, correlation::by_id("7")));
/// while (auto news = co_await exchange.next()) show(news->text());
/// co_await weir::ok(exchange.close());
/// ```
class client {
public:
    explicit client(client_setup setup);
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    ~client();

    /// Connects, and connects again, until the client is closed or has given up.
    ///
    /// Errors:        the first error of `client_setup::check`; the error after which it gave up;
    ///                operation_canceled. After these it may be run again, which begins anew.
    /// Cancellation:  the connection is ended (1001), and sent requests fail; what is queued and
    ///                wanted is kept for another `run`.
    /// Concurrency:   one at a time. An exception of a hook or layer ends it and is rethrown.
    [[nodiscard]] task<result<void>> run();

    /// Waits until it is ready.
    ///
    /// Errors:        closed, gave_up; operation_canceled.
    /// Cancellation:  ends the wait.
    /// Concurrency:   any number.
    [[nodiscard]] task<result<void>> until_ready();

    /// Queues a message, whatever the state: it leaves when the client is ready.
    ///
    /// Errors:        no_buffer_space (`reject`, full; or `conflate`, full and nothing to replace);
    ///                message_size (larger than the outbox); closed, gave_up; operation_canceled.
    /// Cancellation:  a stopped send has queued nothing.
    /// Concurrency:   any number; messages of one urgency leave in the order of the calls.
    [[nodiscard]] task<result<void>> send(outgoing what);
    /// A text message. @param text  must be UTF-8. As above.
    ///
    /// Errors:        as `send`.
    /// Cancellation:  as `send`.
    [[nodiscard]] task<result<void>> send_text(std::string text);
    /// Queues a message and waits for the reply, at most `client_setup::request_timeout`.
    ///
    /// Errors:        those of `send`; timed_out; connection_lost; message_dropped;
    ///                refusal::too_many_in_flight; duplicate_id; operation_canceled.
    /// Cancellation:  what was not sent is withdrawn; a reply that comes late is counted and
    ///                dropped. A reply that is there is returned.
    /// Concurrency:   any number; replies may come in any order.
    [[nodiscard]] task<result<message>> request(outgoing what, correlation reply);
    /// Waits for the next message that answers nothing.
    ///
    /// Errors:        closed, gave_up, when none is left; operation_canceled.
    /// Cancellation:  nothing is lost.
    /// Concurrency:   any number; each message goes to one of them.
    [[nodiscard]] task<result<message>> next();
    /// Pings the peer.
    ///
    /// @return        the time until the pong that repeats the ping's payload.
    /// Errors:        connection_lost (also when there is none); operation_canceled.
    /// Cancellation:  ends the wait.
    /// Concurrency:   any number.
    [[nodiscard]] task<result<std::chrono::nanoseconds>> ping();

    /// Subscribes to a channel: waits until ready, asks, and waits for the answer. From then on the
    /// channel is restored after each break. One that it has already costs nothing.
    ///
    /// Errors:        those of the hook; timed_out (after `pending_timeout`); subscription_pending;
    ///                too_many_subscriptions; closed, gave_up; operation_canceled;
    ///                function_not_supported (there is no hook).
    /// Cancellation:  the subscription is forgotten; whether the peer has it is not known.
    /// Concurrency:   any number.
    [[nodiscard]] task<result<void>> subscribe(std::string channel);
    /// Ends a subscription: it is not restored any more, whatever the answer.
    ///
    /// Errors:        those of the hook; timed_out; invalid_argument (not subscribed);
    ///                connection_lost (then it has ended with the connection).
    /// Cancellation:  as above.
    /// Concurrency:   any number.
    [[nodiscard]] task<result<void>> unsubscribe(std::string channel);
    /// Authenticates again, now.
    ///
    /// Errors:        those of the hook; connection_lost (there is none); operation_canceled;
    ///                function_not_supported (there is no hook).
    /// Cancellation:  reaches the hook.
    /// Concurrency:   any number, one after the other.
    [[nodiscard]] task<result<void>> authenticate();

    /// Closes for good: lets what is queued leave for up to `drain_timeout`, performs the close
    /// handshake, and waits for the end of `run`. While not ready, nothing leaves any more.
    ///
    /// @param code    one that `is_valid_on_wire`; a contract violation otherwise.
    /// @param reason  UTF-8; cut to 123 bytes.
    /// Errors:        timed_out (the peer did not answer the close frame); operation_canceled.
    /// Cancellation:  ends the wait; it is closed all the same.
    /// Concurrency:   any number; the first code counts.
    [[nodiscard]] task<result<void>> close(close_code code = close_code::normal,
                                           std::string reason = {});
    /// The same without waiting.
    void start_close(close_code code = close_code::normal, std::string reason = {});

    /// Listens to what happens from now on: states, breaks, messages.
    ///
    /// @param capacity  events that may wait for this listener.
    /// @param policy    for events beyond that. `wait` is a contract violation: a listener cannot
    ///                  hold up the client.
    [[nodiscard]] event_bus<client_event>::subscription listen(
        std::size_t capacity = 100, when_lagging policy = when_lagging::drop_oldest);

    /// Wants the channels of `exported` (`subscription_set::export_state`) with the next
    /// connection. Errors: malformed_state, too_many_subscriptions.
    [[nodiscard]] result<void> import_subscriptions(std::string_view exported);

    /// Takes out what another client can go on with, also one on another shard, and closes this
    /// one. Not while it runs: that is a contract violation. Requests that were not sent end with
    /// message_dropped; their messages are not in it, for nobody would wait for the replies.
    [[nodiscard]] client_parcel pack();
    /// Goes on with what `parcel` holds; before the first `run`.
    /// Errors: those of `import_subscriptions`; no_buffer_space when the outbox is too small; then
    /// nothing was changed.
    [[nodiscard]] result<void> unpack(client_parcel parcel);

    [[nodiscard]] client_state state() const noexcept;
    /// Which connection it is, or was last: 1 is the first, 0 = there was none.
    [[nodiscard]] std::uint64_t epoch() const noexcept;
    [[nodiscard]] const subscription_set& subscriptions() const noexcept;
    /// Where it counts: with `client_setup::statistics` others of the shard may count there, too.
    [[nodiscard]] const client_statistics& statistics() const noexcept;
    /// Messages that wait to be sent.
    [[nodiscard]] std::size_t queued() const noexcept;
    /// Requests that wait for their replies.
    [[nodiscard]] std::size_t pending_requests() const noexcept;

private:
    std::unique_ptr<detail::client_core> core_;
};

}  // namespace weir::ws
