// SPDX-License-Identifier: Apache-2.0
// client_setup: where a client connects to, what it does there, and every bound that it keeps.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/rate/rate_limiter.hpp>
#include <weir/resilience/backoff.hpp>
#include <weir/ws/client/client_link.hpp>
#include <weir/ws/client/client_statistics.hpp>
#include <weir/ws/client/correlation_table.hpp>
#include <weir/ws/client/error_policy.hpp>
#include <weir/ws/client/inbox.hpp>
#include <weir/ws/client/message_layer.hpp>
#include <weir/ws/client/outbox.hpp>
#include <weir/ws/client/outgoing.hpp>
#include <weir/ws/client/reconnect_delays.hpp>
#include <weir/ws/client/setup_finding.hpp>
#include <weir/ws/client/subscription_set.hpp>
#include <weir/ws/connect.hpp>
#include <weir/ws/message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::ws {

/// Everything that a client is told once. Hooks run in tasks of the client, may be left empty, and
/// are given a link to the connection that they are about; what they refer to must outlive the
/// client.
class client_setup {
public:
    /// Says who we are. Gives how long the peer believes it; zero = as long as the connection.
    using authentication = std::function<task<result<std::chrono::nanoseconds>>(client_link)>;
    /// Asks the peer for a channel, or to end it, and waits for its answer. It sends before it
    /// waits for anything else: so channels are restored in their order. A channel that is
    /// restored is given up for `subscription_refused` and for critical errors; after any other it
    /// is expired, and asked for again with the next connection.
    using channel_request = std::function<task<result<void>>(client_link, std::string)>;
    /// Asks the peer for a sign of life and checks its answer.
    using heartbeat = std::function<task<result<void>>(client_link)>;
    /// The id by which a message answers a request; empty = it answers none. Must not throw.
    using reply_id_function = std::function<std::string(const message&)>;

    explicit client_setup(url destination) : where(std::move(destination)) {}

    /// Where to.
    url where;
    /// How to connect. The keep-alive of `connection` is not used: `ping_interval` below replaces
    /// it.
    client_options connect;

    /// Between attempts, and how many there are: see `reconnect_delays`.
    resilience::backoff_policy delays = reconnect_delays::usual();
    /// A connection that was ready for so long has worked: the next delay is the first again.
    std::chrono::nanoseconds stable_after = std::chrono::seconds(30);
    /// What is known better about an error than `classify` does.
    error_policy::rule rule;
    /// Of every delay and jitter; none = drawn.
    std::optional<std::uint64_t> seed;

    outbox_options outbox;
    inbox_options inbox;
    correlation_limits requests;
    reply_id_function reply_id;
    /// How long a request waits for its reply, from the call on.
    std::chrono::nanoseconds request_timeout = std::chrono::seconds(30);

    /// Shared by all clients that count against one limit; borrowed. Null = none. It survives
    /// reconnects, as the peer's own does.
    rate::rate_limiter<>* limiter = nullptr;
    request_costs costs = usual_costs();

    authentication authenticate;
    /// How long before its end an authentication is renewed, or half of its life if that is less.
    std::chrono::nanoseconds renew_before = std::chrono::seconds(60);

    channel_request subscribe;
    channel_request unsubscribe;
    subscription_limits subscriptions;
    /// Channels that are asked for at once while they are restored, 1 ... any.
    std::size_t max_restoring = 8;
    /// Restoring begins after a time drawn from 0 ... this: after a restart of the server, all its
    /// clients come back.
    std::chrono::nanoseconds restore_jitter = std::chrono::milliseconds(100);

    /// The peer is pinged so often, whatever else it sends; zero = never. A peer that is gone
    /// without a word is noticed within this and `heartbeat_timeout`.
    std::chrono::nanoseconds ping_interval = std::chrono::seconds(30);
    /// How long the answer to a ping, and to the heartbeat of the application, may take. The peer
    /// counts as alive without a pong while bytes come, and without the other answer while they
    /// are of a message that is not whole yet: that answer comes behind it.
    std::chrono::nanoseconds heartbeat_timeout = std::chrono::seconds(20);
    heartbeat beat;
    /// How often `beat` runs by itself; zero = only as an `action::beat`.
    std::chrono::nanoseconds beat_interval{0};

    /// What each message passes through before it is taken for a reply or put into the inbox.
    any_message_layer layer;

    /// How long a `close` lets what is queued leave. The close handshake follows.
    std::chrono::nanoseconds drain_timeout = std::chrono::seconds(5);

    /// Where it counts, in the part of the shard that it is made on (`add_client_statistics`);
    /// borrowed. Null = in one of its own. Its connections count in `connect.connection`'s.
    metrics::sharded<client_statistics>* statistics = nullptr;

    /// What is wrong with it, and what looks wrong. A client with an error does not run.
    [[nodiscard]] std::vector<setup_finding> check() const;
};

}  // namespace weir::ws
