// SPDX-License-Identifier: Apache-2.0
// recording_member: a member that notes what it gets, with a transport that empties when told.
#pragma once

#include <weir/pubsub/rooms.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace weir::test {

using text_rooms = weir::pubsub::rooms<std::string>;

class recording_member final : public weir::pubsub::member<std::string> {
public:
    [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queued; }
    void deliver(const std::string& message) override {
        received.push_back(message);
        if (!is_fast) queued += message.size();
    }
    void fall_behind() noexcept override { ++ended; }

    bool is_fast = true;
    std::size_t queued = 0;
    int ended = 0;
    std::vector<std::string> received;
};

}  // namespace weir::test
