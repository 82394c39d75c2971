// SPDX-License-Identifier: Apache-2.0
// client_link: one connection of a client, for the hooks that authenticate, subscribe and keep it
// alive. It does not wait in the outbox: what it sends goes before that, also while the client is
// not ready yet.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/ws/client/correlation.hpp>
#include <weir/ws/client/outgoing.hpp>
#include <weir/ws/message.hpp>

#include <chrono>
#include <cstdint>

namespace weir::ws {

namespace detail {
class client_core;
}

/// Sends over one connection, and over no later one: once that has broken, everything fails with
/// client_errc::connection_lost. A value of two words; valid as long as the client.
class client_link {
public:
    explicit client_link(detail::client_core& core, std::uint64_t epoch) noexcept
        : core_(&core), epoch_(epoch) {}

    /// Queues a message before those of the client's users.
    ///
    /// Errors:        connection_lost; message_size; operation_canceled.
    /// Cancellation:  a stopped send has queued nothing.
    /// Concurrency:   any number; they leave in the order of the calls.
    [[nodiscard]] task<result<void>> send(outgoing what);
    /// Sends a message and waits for the reply, at most `client_setup::request_timeout`.
    ///
    /// Errors:        connection_lost; timed_out; refusal::too_many_in_flight; duplicate_id;
    ///                message_size; operation_canceled.
    /// Cancellation:  what was not sent is withdrawn; a reply that comes late is dropped.
    /// Concurrency:   any number.
    [[nodiscard]] task<result<message>> request(outgoing what, correlation reply);
    /// Sends a ping and waits for the pong that repeats its payload.
    ///
    /// @return        the time between the two.
    /// Errors:        connection_lost; operation_canceled (timed_out with a `with_timeout` around).
    /// Cancellation:  ends the wait.
    /// Concurrency:   any number.
    [[nodiscard]] task<result<std::chrono::nanoseconds>> ping();

    /// Of which connection: 1 is the first.
    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
    /// Whether it is still there.
    [[nodiscard]] bool is_alive() const noexcept;

private:
    detail::client_core* core_;
    std::uint64_t epoch_;
};

}  // namespace weir::ws
