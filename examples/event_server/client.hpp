// SPDX-License-Identifier: Apache-2.0
// client: one WebSocket client: its conversation and its rooms.
//
//   talking --the peer closes, breaks a rule or vanishes--> closing --> over
//   talking --leave(code): too slow, or the server drains--> closing --> over
#pragma once

#include "command.hpp"
#include "server_state.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/pubsub/member.hpp>
#include <weir/ws/connection.hpp>

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>

/// Lives in the frame of its connection's task, and belongs to that shard.
class client final : private weir::pubsub::member<weir::ws::prepared_message> {
public:
    using list = std::list<client*>;

    /// @param siblings  the clients of this shard that may be told to leave, as they have come.
    explicit client(server_state& server, command_parser& parser, list& siblings,
                    weir::ws::connection connection);
    ~client();

    /// Serves the client until it has gone.
    [[nodiscard]] weir::task<> serve();

    /// Begins to close the connection with `code`. Waits for nothing.
    void leave(weir::ws::close_code code, std::string_view reason) noexcept;

    [[nodiscard]] std::size_t queued_bytes() const noexcept override;

private:
    [[nodiscard]] weir::task<> talk();
    void give_up_place() noexcept;
    /// Does what `text` asks for; gives the answer, if there is one.
    [[nodiscard]] std::string answer_to(std::string_view text);
    [[nodiscard]] std::string subscribe(std::string_view room);
    [[nodiscard]] std::string unsubscribe(std::string_view room);
    [[nodiscard]] std::string publish(const command& asked);
    [[nodiscard]] std::string error(std::string_view message);

    void deliver(const weir::ws::prepared_message& message) override;
    void fall_behind() noexcept override;

    server_state& server_;
    command_parser& parser_;
    list& siblings_;
    list::iterator place_;  // among them; the end when it leaves
    unsigned shard_;
    weir::ws::connection connection_;
    std::map<std::string, event_rooms::subscription, std::less<>> rooms_;
    weir::stop_source leaving_;
    weir::ws::close_code code_ = weir::ws::close_code::normal;
    std::string_view reason_;
};
