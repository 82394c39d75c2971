// SPDX-License-Identifier: Apache-2.0
// server_process: the event server of the examples as the application of a simulated host. What a
// process has in memory is made anew whenever the host starts it.
#pragma once

#include "event_server.hpp"

#include <weir/coro/task.hpp>
#include <weir/io/shard.hpp>
#include <weir/net/endpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace weir::sim::test {

class server_process {
public:
    explicit server_process(const server_settings& settings, net::endpoint where)
        : settings_(settings), where_(std::move(where)) {}

    /// The main task of each shard.
    [[nodiscard]] task<result<void>> run(shard& here);

    /// Asks it to let its clients go and to end, as SIGTERM would.
    void drain() noexcept { drains_ = true; }
    /// Bytes that wait for the client for which most do.
    [[nodiscard]] std::size_t longest_queue() const noexcept;
    /// Since it was started last.
    [[nodiscard]] pubsub::rooms_statistics statistics() const { return state_->rooms.statistics(); }

private:
    [[nodiscard]] task<> drain_when_asked(event_server& server);

    server_settings settings_;
    net::endpoint where_;
    std::shared_ptr<server_state> state_;
    std::vector<const event_server*> serving_;
    bool drains_ = false;
};

}  // namespace weir::sim::test
