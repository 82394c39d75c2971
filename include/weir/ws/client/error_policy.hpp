// SPDX-License-Identifier: Apache-2.0
// error_policy: what a client does about an error. This is the one place where that is decided;
// nobody else asks what kind of error it is. No clock: time is told.
//
//   error --classify--> transient   the connection is worth nothing any more: another one, later
//                       normal      it was about one message: the connection stays, if it is there
//                       critical    it would happen again: give up
#pragma once

#include <weir/resilience/backoff.hpp>
#include <weir/ws/protocol/close_code.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <system_error>

namespace weir::ws {

/// What an error says about the next attempt.
enum class error_class : std::uint8_t {
    transient,  ///< of the connection: another one may work
    normal,     ///< of one message or request: the connection is as good as before
    critical,   ///< of the credentials, the certificate, the agreement: it would happen again
};

/// What went wrong, and whether there still is a connection. A value.
class failure {
public:
    explicit failure(std::error_code error, close_code code = close_code::no_status,
                     bool is_connected = false) noexcept
        : error_(error), code_(code), is_connected_(is_connected) {}

    [[nodiscard]] const std::error_code& error() const noexcept { return error_; }
    /// What the peer closed with; `no_status` where it did not.
    [[nodiscard]] close_code code() const noexcept { return code_; }
    [[nodiscard]] bool is_connected() const noexcept { return is_connected_; }

private:
    std::error_code error_;
    close_code code_;
    bool is_connected_;
};

/// Where no rule of the user says otherwise. Critical are: a refused authentication; a peer whose
/// certificate or handshake is not what was agreed on; the close codes 1002, 1003, 1007, 1008,
/// 1010, 3000 (unauthorized) and 3003 (forbidden). Normal are refusals, and what concerns one
/// request, message or channel. All else is transient.
[[nodiscard]] error_class classify(const failure& what) noexcept;

/// What to do about an error. A value.
class decision {
public:
    [[nodiscard]] static decision keep() noexcept { return decision(kind::keep, {}); }
    [[nodiscard]] static decision reconnect_after(std::chrono::nanoseconds delay) noexcept {
        return decision(kind::reconnect, delay);
    }
    [[nodiscard]] static decision give_up() noexcept { return decision(kind::give_up, {}); }

    /// Whether another connection is to be made, `delay` from now.
    [[nodiscard]] bool reconnect() const noexcept { return kind_ == kind::reconnect; }
    /// Whether the connection stays.
    [[nodiscard]] bool keeps() const noexcept { return kind_ == kind::keep; }
    [[nodiscard]] bool gives_up() const noexcept { return kind_ == kind::give_up; }
    [[nodiscard]] std::chrono::nanoseconds delay() const noexcept { return delay_; }

    friend bool operator==(const decision&, const decision&) noexcept = default;

private:
    enum class kind : std::uint8_t { keep, reconnect, give_up };
    explicit decision(kind what, std::chrono::nanoseconds delay) noexcept
        : kind_(what), delay_(delay) {}

    kind kind_;
    std::chrono::nanoseconds delay_;
};

/// Decides about the errors of one client. Belongs to one thread at a time.
///
/// ```cpp
/// weir::ws::error_policy policy(weir::ws::reconnect_delays::usual(), 30s, seed);
/// const auto next = policy.decide(weir::ws::failure(lost.error()), now);
/// if (next.reconnect()) co_await weir::sleep_for(next.delay());
/// ```
class error_policy {
public:
    using time_point = std::chrono::steady_clock::time_point;
    /// A user's word about an error; none = as `classify` says. Must not throw.
    using rule = std::function<std::optional<error_class>(const failure&)>;

    /// @param delays        between attempts, and how many there are.
    /// @param stable_after  a connection that was ready for so long has worked: the delays begin
    ///                      anew. One that breaks sooner counts as one more failed attempt.
    /// @param seed          of the delays.
    explicit error_policy(resilience::backoff_policy delays, std::chrono::nanoseconds stable_after,
                          std::uint64_t seed, rule first = {});

    /// A connection is ready.
    void became_ready(time_point now) noexcept { ready_since_ = now; }
    /// What to do about `what`. Each decision to reconnect takes one of the attempts.
    [[nodiscard]] decision decide(const failure& what, time_point now);
    [[nodiscard]] error_class class_of(const failure& what) const;

    /// Attempts taken since the last connection that was stable.
    [[nodiscard]] unsigned attempts() const noexcept { return delays_.retries(); }
    /// The user begins anew.
    void reset() noexcept {
        delays_.reset();
        ready_since_.reset();
    }

private:
    resilience::backoff delays_;
    std::chrono::nanoseconds stable_after_;
    rule first_;
    std::optional<time_point> ready_since_;
};

}  // namespace weir::ws
