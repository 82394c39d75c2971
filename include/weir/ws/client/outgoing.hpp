// SPDX-License-Identifier: Apache-2.0
// outgoing: a message that is to be sent, and what its sender says about it.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/rate/cost_table.hpp>
#include <weir/rate/priority.hpp>
#include <weir/ws/protocol/opcode.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir::ws {

/// What a message asks for, as far as limits on rates care. Any number from 100 on may be cast to
/// it: those belong to applications.
enum class request_kind : std::uint8_t {
    query,           ///< whatever is nothing else
    subscription,    ///< to a channel, or the end of it
    authentication,  ///< of this client
    order,           ///< that changes something
    heartbeat,       ///< or its answer
};

/// Costs by kind; a query costs 1.
using request_costs = rate::cost_table<request_kind>;

/// 5 for a subscription, 10 for an authentication or an order, 1 for all else.
[[nodiscard]] const request_costs& usual_costs();

/// A message to be sent. A value that owns its payload.
///
/// ```cpp
/// co_await client.send(weir::ws::outgoing(order).kind(request_kind::order).key("BTC"));
/// ```
class outgoing {
public:
    /// A text message. @param text  must be UTF-8.
    explicit outgoing(std::string text) noexcept : payload_(std::move(text)) {}
    /// A binary message.
    [[nodiscard]] static outgoing binary(bytes payload) {
        outgoing made(std::string(as_text(payload)));
        made.type_ = message_kind::binary;
        return made;
    }

    /// What it costs where rates are limited.
    outgoing& kind(request_kind what) noexcept {
        kind_ = what;
        return *this;
    }
    /// What goes before what, while both wait to be sent.
    outgoing& urgency(rate::priority how) noexcept {
        urgency_ = how;
        return *this;
    }
    /// What it is about: under `when_full::conflate` it replaces the queued one of the same key.
    /// Empty = it replaces none.
    outgoing& key(std::string about) noexcept {
        key_ = std::move(about);
        return *this;
    }

    [[nodiscard]] message_kind type() const noexcept { return type_; }
    [[nodiscard]] const std::string& payload() const noexcept { return payload_; }
    [[nodiscard]] request_kind kind() const noexcept { return kind_; }
    [[nodiscard]] rate::priority urgency() const noexcept { return urgency_; }
    [[nodiscard]] const std::string& key() const noexcept { return key_; }

private:
    std::string payload_;
    std::string key_;
    message_kind type_ = message_kind::text;
    request_kind kind_ = request_kind::query;
    rate::priority urgency_ = rate::priority::normal;
};

}  // namespace weir::ws
