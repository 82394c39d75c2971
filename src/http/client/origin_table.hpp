// SPDX-License-Identifier: Apache-2.0
// origin_table: the pools of a client, one for each origin, and how many connections all of them
// may have open together.
//
//   find --known--> origin                      the one that was asked longest ago comes first
//     `--unknown, room--> new origin
//     `--unknown, full--> the first that nobody uses goes; if there is none: refusal::exhausted
#pragma once

#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/http/client/client_options.hpp>
#include <weir/http/client/url.hpp>
#include <weir/pool/pool.hpp>
#include <weir/sync/semaphore.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "client_connection.hpp"

namespace weir::http::detail {

using connection_pool = pool<std::unique_ptr<client_connection>>;

/// A scheme, a host and a port.
class origin final : public list_node {
public:
    explicit origin(task_view owner, const client_options& options);
    ~origin() {
        if (is_linked()) unlink();
    }

    connection_pool connections;
    /// Calls that wait for a connection or have one.
    std::size_t users = 0;
};

/// Of one client; lives in its core.
class origin_table {
public:
    explicit origin_table(task_view owner, const client_options& options)
        : owner_(owner), options_(options), room_(options.max_connections) {}

    /// The origin of `where`.
    /// Errors:     refusal::exhausted.
    /// Allocates:  nothing where it is known.
    [[nodiscard]] result<origin*> find(const url& where);

    /// Gives `to` leave to be open, unless it has that already.
    ///
    /// Errors:        operation_canceled.
    /// Cancellation:  ends the wait.
    [[nodiscard]] task<result<void>> make_room_for(client_connection& to);
    /// Whether somebody waits for leave to open a connection to anywhere.
    [[nodiscard]] bool is_wanted() const noexcept { return room_.waiting() > 0; }

    /// Connections that are open or being opened.
    [[nodiscard]] std::size_t open() const noexcept {
        return options_.max_connections - room_.available();
    }

private:
    using key = std::tuple<std::string, std::uint16_t, bool>;
    using key_view = std::tuple<std::string_view, std::uint16_t, bool>;

    void close_one_idle() noexcept;
    [[nodiscard]] bool forget_one();

    task_view owner_;
    const client_options& options_;
    semaphore room_;                 // outlives the connections below
    intrusive_list<origin> by_use_;  // the one that was asked longest ago comes first
    std::map<key, origin, std::less<>> origins_;
};

}  // namespace weir::http::detail
