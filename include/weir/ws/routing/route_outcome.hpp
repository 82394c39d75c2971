// SPDX-License-Identifier: Apache-2.0
// route_outcome: what became of a routed message, and what its sender is to be told.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/ws/message.hpp>
#include <weir/ws/protocol/close_code.hpp>
#include <weir/ws/routing/codec.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::ws {

class connection;

/// What became of a message.
enum class route_result : std::uint8_t {
    ok,            ///< it was handled; there is nothing to say
    reply,         ///< it was handled; `reply_to` sends the answer
    error,         ///< its handler refused it: `error` says why
    unknown,       ///< nobody is for its type
    invalid_json,  ///< it could not be read: `error` says why
    close,         ///< it was handled; `reply_to` sends the answer, if there is one, and closes
};

/// A value: what to answer is either encoded already and shared, or text of its own, of which up
/// to 15 bytes cost no allocation.
///
/// ```cpp
/// return route_outcome::reply(snapshot(book)).and_reply(status("live"));
/// return route_outcome::close(close_code::policy_violation, "log in first");
/// ```
class route_outcome {
public:
    /// One more answer.
    class further_answer {
    public:
        explicit further_answer(message_kind type, std::string content)
            : payload(std::move(content)), kind(type) {}
        std::string payload;
        message_kind kind;
    };

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
    template <encodable T>
    [[nodiscard]] static route_outcome reply(const T& value) {
        return reply(codec<T>::kind, codec<T>::encode(value));
    }
    /// Closes the connection behind the answers: it is answered, and then `receive` ends.
    /// @param with    one that `is_valid_on_wire`; a contract violation otherwise.
    /// @param reason  UTF-8; cut to 123 bytes.
    [[nodiscard]] static route_outcome close(close_code with, std::string reason = {}) {
        route_outcome made(route_result::close);
        made.code_ = with;
        made.payload_ = std::move(reason);
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

    /// The same with one more answer, behind those that it has.
    [[nodiscard]] route_outcome and_reply(message_kind kind, std::string payload) && {
        further_.emplace_back(kind, std::move(payload));
        return std::move(*this);
    }
    template <encodable T>
    [[nodiscard]] route_outcome and_reply(const T& value) && {
        return std::move(*this).and_reply(codec<T>::kind, codec<T>::encode(value));
    }

    [[nodiscard]] route_result result() const noexcept { return result_; }
    /// Why it was refused or not understood; else none.
    [[nodiscard]] std::error_code error() const noexcept { return error_; }
    [[nodiscard]] bool has_answer() const noexcept {
        return constant_ != nullptr || has_payload_ || !further_.empty();
    }
    /// The answer that is encoded already; null = there is none of that kind.
    [[nodiscard]] const prepared_message* constant() const noexcept { return constant_; }
    /// Whether an answer was made for this message; it may be empty.
    [[nodiscard]] bool has_payload() const noexcept { return has_payload_; }
    /// That answer; meaningful if there is one.
    [[nodiscard]] const std::string& payload() const noexcept { return payload_; }
    [[nodiscard]] message_kind kind() const noexcept { return kind_; }
    /// The answers behind the first one.
    [[nodiscard]] std::span<const further_answer> further() const noexcept { return further_; }
    /// How the connection is to be closed; meaningful if the result is `close`.
    [[nodiscard]] close_code code() const noexcept { return code_; }
    [[nodiscard]] const std::string& reason() const noexcept { return payload_; }

private:
    explicit route_outcome(route_result result, std::error_code error = {}) noexcept
        : error_(error), result_(result) {}

    const prepared_message* constant_ = nullptr;
    std::string payload_;  // or why it closes
    std::vector<further_answer> further_;
    std::error_code error_;
    close_code code_ = close_code::normal;
    route_result result_;
    message_kind kind_ = message_kind::text;
    bool has_payload_ = false;
};

/// Sends the answers of `outcome`, if there are any, and begins to close if it says so.
///
/// Errors:        those of connection::send.
/// Cancellation:  as connection::send.
/// Allocates:     a pooled frame; nothing for a constant answer of a server.
[[nodiscard]] task<result<void>> reply_to(connection& peer WEIR_LIFETIMEBOUND,
                                          route_outcome outcome);

}  // namespace weir::ws
