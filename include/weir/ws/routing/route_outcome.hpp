// SPDX-License-Identifier: Apache-2.0
// route_outcome: what became of a routed message, and what its sender is to be told.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/ws/message.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace weir::ws {

class connection;

/// What became of a message.
enum class route_result : std::uint8_t {
    ok,            ///< it was handled; there is nothing to say
    reply,         ///< it was handled; `reply_to` sends the answer
    error,         ///< its handler refused it: `error` says why
    unknown,       ///< nobody is for its type
    invalid_json,  ///< it could not be read: `error` says why
};

/// A value: what to answer is either encoded already and shared, or text of its own, of which up
/// to 15 bytes cost no allocation.
class route_outcome {
public:
    /// Handled, and nothing to say.
    [[nodiscard]] static route_outcome ok() noexcept { return route_outcome(route_result::ok); }
    /// @param constant  borrowed: usually of the router, or static.
    [[nodiscard]] static route_outcome reply(const prepared_message& constant WEIR_LIFETIMEBOUND) {
        return route_outcome(route_result::reply).saying(&constant);
    }
    [[nodiscard]] static route_outcome reply(message_kind kind, std::string payload) {
        route_outcome made(route_result::reply);
        made.kind_ = kind;
        made.payload_ = std::move(payload);
        made.has_payload_ = true;
        return made;
    }
    [[nodiscard]] static route_outcome error(std::error_code why) noexcept {
        return route_outcome(route_result::error, why);
    }
    [[nodiscard]] static route_outcome unknown() noexcept {
        return route_outcome(route_result::unknown);
    }
    [[nodiscard]] static route_outcome invalid_json(std::error_code why) noexcept {
        return route_outcome(route_result::invalid_json, why);
    }

    /// The same with a constant answer; null = none.
    [[nodiscard]] route_outcome saying(const prepared_message* constant) && noexcept {
        constant_ = constant;
        return std::move(*this);
    }

    [[nodiscard]] route_result result() const noexcept { return result_; }
    /// Why it was refused or not understood; else none.
    [[nodiscard]] std::error_code error() const noexcept { return error_; }
    [[nodiscard]] bool has_answer() const noexcept { return constant_ != nullptr || has_payload_; }
    /// The answer that is encoded already; null = there is none of that kind.
    [[nodiscard]] const prepared_message* constant() const noexcept { return constant_; }
    /// The answer that was made for this message; meaningful without a `constant`.
    [[nodiscard]] const std::string& payload() const noexcept { return payload_; }
    [[nodiscard]] message_kind kind() const noexcept { return kind_; }

private:
    explicit route_outcome(route_result result, std::error_code error = {}) noexcept
        : error_(error), result_(result) {}

    const prepared_message* constant_ = nullptr;
    std::string payload_;
    std::error_code error_;
    route_result result_;
    message_kind kind_ = message_kind::text;
    bool has_payload_ = false;
};

/// Sends the answer of `outcome`, if there is one.
///
/// Errors:        those of connection::send.
/// Cancellation:  as connection::send.
/// Allocates:     a pooled frame; nothing for a constant answer of a server.
[[nodiscard]] task<result<void>> reply_to(connection& peer WEIR_LIFETIMEBOUND,
                                          route_outcome outcome);

}  // namespace weir::ws
