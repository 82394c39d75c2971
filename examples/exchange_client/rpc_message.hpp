// SPDX-License-Identifier: Apache-2.0
// rpc_call, rpc_message: what is said to the exchange, and what it says, in JSON-RPC 2.0.
#pragma once

#include <weir/ws/routing/codec.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

/// A call, and the id that its reply repeats.
class rpc_call {
public:
    /// @param with  the parameters, a JSON object.
    explicit rpc_call(std::string number, std::string_view name, std::string_view with)
        : id(std::move(number)), method(name), parameters(with) {}

    std::string id;
    std::string method;
    std::string parameters;
};

/// A reply or news, as far as the client looks at it; what is not in there is empty.
class rpc_message {
public:
    rpc_message() = default;

    std::string id;  ///< of the call that it answers
    bool is_error = false;
    bool asks_for_test = false;         ///< a heartbeat wants an answer
    std::chrono::seconds expires_in{};  ///< an authentication
    std::string label;                  ///< of an order that was placed
};

template <>
class weir::ws::codec<rpc_call> {
public:
    static constexpr message_kind kind = message_kind::text;
    static std::string encode(const rpc_call& said);
};

template <>
class weir::ws::codec<rpc_message> {
public:
    static constexpr message_kind kind = message_kind::text;
    static result<rpc_message> decode(std::string_view text);
};
