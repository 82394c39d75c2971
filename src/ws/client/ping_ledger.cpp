// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/ping_ledger.hpp>

#include <algorithm>

namespace weir::ws {

std::uint64_t ping_ledger::begin(time_point now) {
    if (sent_.size() == max_unanswered) sent_.pop_front();
    sent_.emplace_back(next_, now);
    return next_++;
}

ping_ledger::payload ping_ledger::payload_of(std::uint64_t number) noexcept {
    payload made{};
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[made.size() - 1 - i] = static_cast<std::byte>(number >> (8 * i));
    }
    return made;
}

std::optional<ping_ledger::answer> ping_ledger::pong(bytes received, time_point now) {
    const auto found = std::find_if(sent_.begin(), sent_.end(), [received](const auto& each) {
        const payload expected = payload_of(each.first);
        return std::equal(expected.begin(), expected.end(), received.begin(), received.end());
    });
    if (found == sent_.end()) return std::nullopt;
    const answer made(found->first, now - found->second);
    sent_.erase(sent_.begin(), found + 1);
    return made;
}

}  // namespace weir::ws
