// SPDX-License-Identifier: Apache-2.0
// correlation: by what the reply to a request is known.
#pragma once

#include <weir/ws/message.hpp>

#include <functional>
#include <string>
#include <utility>

namespace weir::ws {

/// How a reply is recognised: by the id that it repeats, or by whatever the sender looks at. An id
/// is the better one: it says of a late reply, too, whose it was.
class correlation {
public:
    using predicate = std::function<bool(const message&)>;

    /// The reply is the message with this id, as `client_setup::reply_id` finds it.
    /// @param id  not empty; no other request that is under way has it.
    [[nodiscard]] static correlation by_id(std::string id) {
        return correlation(std::move(id), nullptr);
    }
    /// The reply is the first message that `matches`, and that no request sent before claims.
    /// @param matches  must not throw.
    [[nodiscard]] static correlation by_match(predicate matches) {
        return correlation({}, std::move(matches));
    }

    /// Empty where a predicate decides.
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] bool has_id() const noexcept { return !id_.empty(); }
    [[nodiscard]] bool matches(const message& arrived) const { return matches_(arrived); }

private:
    explicit correlation(std::string id, predicate matches)
        : id_(std::move(id)), matches_(std::move(matches)) {}

    std::string id_;
    predicate matches_;
};

}  // namespace weir::ws
