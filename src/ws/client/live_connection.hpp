// SPDX-License-Identifier: Apache-2.0
// live_connection: the tasks of one connection of a client. The first that fails ends the others,
// and with them the connection.
//
//   receive_all      what comes, through the layers
//   start            authenticate, restore, ready, renew
//   send_all (twice) what hooks send, always; what users send, once it is ready
//   keep_alive       pings; and the heartbeat of the application
//   close_in_order   waits to be asked to
#pragma once

#include "client_core.hpp"

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/sync/event.hpp>
#include <weir/ws/connection.hpp>

#include <chrono>
#include <cstdint>
#include <system_error>

namespace weir::ws::detail {

class live_connection {
public:
    explicit live_connection(client_core& core, connection& peer) noexcept
        : core_(core), setup_(core.setup()), peer_(peer) {}

    /// Until it ends; gives why.
    [[nodiscard]] task<std::error_code> run();

private:
    [[nodiscard]] task<result<void>> receive_all();
    [[nodiscard]] task<result<void>> obey(action what);
    [[nodiscard]] task<result<void>> start();
    [[nodiscard]] task<result<void>> keep_authenticated();
    [[nodiscard]] task<result<void>> send_express();
    [[nodiscard]] task<result<void>> send_of_users();
    [[nodiscard]] task<result<void>> send_all(send_lane& from, bool is_urgent);
    [[nodiscard]] task<result<bool>> may_leave(const outgoing& what, bool is_urgent);
    [[nodiscard]] task<result<void>> keep_pinging();
    [[nodiscard]] task<result<void>> keep_beating();
    /// Those that were noticed so far.
    [[nodiscard]] std::uint64_t signs_of_life() noexcept;
    [[nodiscard]] result<void> judge(const result<void>& answer, bool is_alive) const;
    [[nodiscard]] task<result<void>> close_in_order();

    client_core& core_;
    const client_setup& setup_;
    connection& peer_;
    weir::event ready_;
    weir::event beat_asked_;
    std::uint64_t signs_of_life_ = 0;
    bool is_taking_ = false;  // a message that was received: nothing else is, meanwhile
};

}  // namespace weir::ws::detail
