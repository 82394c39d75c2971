// SPDX-License-Identifier: Apache-2.0
// envelope: the outside of a JSON message, by which it is routed: `{"type":"data","payload":...}`,
// or many of them at once: `{"batch":[{"type":...},...]}`. Views into the received text: no tree is
// built and nothing is copied, but all of the text is judged.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>
#include <weir/json/limits.hpp>
#include <weir/json/string_value.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::ws {

/// What a JSON message may cost; a value.
class envelope_limits {
public:
    envelope_limits() noexcept {}

    /// On the JSON of one received message, a batch included.
    json::limits json;
    /// Messages of one batch: more are refused, all of them.
    std::size_t max_batch = 1'000;
};

/// One message; a value of views, valid as long as the received text.
class envelope {
public:
    envelope() noexcept = default;
    explicit envelope(json::string_value type, std::string_view payload,
                      std::string_view text) noexcept
        : type_(type), payload_(payload), text_(text) {}

    /// The value of "type".
    [[nodiscard]] const json::string_value& type() const noexcept { return type_; }
    /// The JSON of "payload" as it came; empty = there is none.
    [[nodiscard]] std::string_view payload() const noexcept { return payload_; }
    /// The whole object as it came, for those that look at other members.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

private:
    json::string_value type_;
    std::string_view payload_;
    std::string_view text_;
};

/// What came in one text message: one envelope, or those of a batch in their order. Moves and
/// copies; valid as long as the received text.
class envelope_list {
public:
    /// Errors:     json::errc; routing_errc::no_type, ambiguous, batch_over_limit.
    /// Allocates:  nothing, except for a batch.
    [[nodiscard]] static result<envelope_list> read(std::string_view text WEIR_LIFETIMEBOUND,
                                                    const envelope_limits& limits = {});

    [[nodiscard]] bool is_batch() const noexcept { return is_batch_; }
    [[nodiscard]] std::span<const envelope> all() const noexcept {
        return is_batch_ ? std::span<const envelope>(batch_) : std::span(&single_, 1);
    }

private:
    envelope_list() noexcept = default;

    envelope single_;
    std::vector<envelope> batch_;
    bool is_batch_ = false;
};

}  // namespace weir::ws
