// SPDX-License-Identifier: Apache-2.0
// exchange: the words of a trading venue that speaks JSON-RPC over WebSocket (after the API of
// Deribit, v2), for a weir::ws::client to take over.
#pragma once

#include "rpc_message.hpp"

#include <weir/coro/task.hpp>
#include <weir/ws/client/client.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// A client_adapter. Must outlive its client.
class exchange {
public:
    /// @param secret  what `key` is signed with; it never leaves.
    explicit exchange(std::string key, std::string secret)
        : key_(std::move(key)), secret_(std::move(secret)) {}

    // What a client asks of its adapter.
    weir::task<weir::result<std::chrono::nanoseconds>> authenticate(weir::ws::client_link link);
    weir::task<weir::result<void>> subscribe(weir::ws::client_link link, std::string channel);
    weir::task<weir::result<void>> unsubscribe(weir::ws::client_link link, std::string channel);
    weir::task<weir::result<void>> beat(weir::ws::client_link link);
    std::string reply_id(const weir::ws::message& arrived);
    weir::task<weir::ws::action> take(weir::ws::message& arrived, weir::ws::message_sink& behind);

    /// Buys; gives the label under which the exchange has confirmed the order.
    weir::task<weir::result<std::string>> buy(weir::ws::client& over, std::string label);

private:
    /// @param parameters  a JSON object.
    rpc_call call(std::string_view method, std::string_view parameters);
    template <class Over>
    weir::task<weir::result<rpc_message>> ask(Over& over, rpc_call what,
                                              weir::ws::request_kind kind);
    weir::task<weir::result<void>> change(weir::ws::client_link link, std::string_view method,
                                          std::string channel);

    std::string key_;
    std::string secret_;
    std::uint64_t calls_ = 0;
};
