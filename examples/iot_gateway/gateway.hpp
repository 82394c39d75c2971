// SPDX-License-Identifier: Apache-2.0
// gateway: devices at one end, batches of readings at the other.
//
//   device --WebSocket--> handle --reading--> batcher --100, or 50 ms after the first--> write
//          <---pong---------'                    | full: the device's next message waits
#pragma once

#include "device_protocol.hpp"

#include <weir/coro/task.hpp>
#include <weir/flow/batcher.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/ws/connection.hpp>

#include <cstdint>
#include <functional>
#include <vector>

/// Belongs to one shard; neither copies nor moves.
class gateway {
public:
    using readings = std::vector<reading>;

    /// @param write  gets each batch; it stands for a database.
    explicit gateway(std::function<void(const readings&)> write) : write_(std::move(write)) {}

    /// Serves one device until it leaves.
    ///
    /// Errors:        none: a device that breaks off is gone.
    /// Cancellation:  the device is told to go (1001).
    [[nodiscard]] weir::task<> serve(weir::ws::connection peer);
    /// Serves all that come.
    ///
    /// Errors:        those of accept; operation_canceled.
    /// Cancellation:  every device is told to go.
    [[nodiscard]] weir::task<weir::result<void>> serve_all(weir::net::tcp_acceptor acceptor);
    /// Writes batches until it is closed and empty.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  what is not written yet stays for the next call.
    [[nodiscard]] weir::task<weir::result<void>> write_all();
    /// No reading is taken any more; what is here is a batch.
    void close() { waiting_.close(); }

private:
    [[nodiscard]] weir::task<> open_and_serve(weir::net::tcp_socket socket);

    std::function<void(const readings&)> write_;
    weir::flow::batcher<reading> waiting_;
    std::uint32_t devices_ = 0;
};
