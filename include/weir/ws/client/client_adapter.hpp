// SPDX-License-Identifier: Apache-2.0
// client_adapter: the words of one service as a class, from which a client takes what it has.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/ws/client/client_link.hpp>
#include <weir/ws/client/client_setup.hpp>
#include <weir/ws/client/message_layer.hpp>
#include <weir/ws/message.hpp>

#include <chrono>
#include <concepts>
#include <string>
#include <utility>

namespace weir::ws {

namespace detail {

template <class A>
concept has_authenticate = requires(A& adapter, client_link link) {
    { adapter.authenticate(link) } -> std::same_as<task<result<std::chrono::nanoseconds>>>;
};
template <class A>
concept has_subscribe = requires(A& adapter, client_link link, std::string channel) {
    { adapter.subscribe(link, channel) } -> std::same_as<task<result<void>>>;
    { adapter.unsubscribe(link, channel) } -> std::same_as<task<result<void>>>;
};
template <class A>
concept has_beat = requires(A& adapter, client_link link) {
    { adapter.beat(link) } -> std::same_as<task<result<void>>>;
};
template <class A>
concept has_reply_id = requires(A& adapter, const message& arrived) {
    { adapter.reply_id(arrived) } -> std::same_as<std::string>;
};
template <class A>
concept has_layer = requires(A& adapter, message& arrived, message_sink& behind) {
    { adapter.take(arrived, behind) } -> std::same_as<task<action>>;
};

}  // namespace detail

/// The words of one service: a class with any of these.
///   authenticate(client_link) -> task<result<nanoseconds>>
///   subscribe(client_link, string) and unsubscribe(client_link, string) -> task<result<void>>
///   beat(client_link) -> task<result<void>>
///   reply_id(const message&) -> string
///   take(message&, message_sink&) -> task<action>
template <class A>
concept client_adapter = detail::has_authenticate<A> || detail::has_subscribe<A> ||
                         detail::has_beat<A> || detail::has_reply_id<A> || detail::has_layer<A>;

/// Sets the hooks that `adapter` has, and leaves the others alone. It must outlive the client.
///
/// ```cpp
/// exchange words(key, secret);     // has authenticate, subscribe, unsubscribe, beat ...
/// weir::ws::adapt(setup, words);
/// ```
template <client_adapter A>
void adapt(client_setup& setup, A& adapter) {
    if constexpr (detail::has_authenticate<A>) {
        setup.authenticate = [&adapter](client_link link) { return adapter.authenticate(link); };
    }
    if constexpr (detail::has_subscribe<A>) {
        setup.subscribe = [&adapter](client_link link, std::string channel) {
            return adapter.subscribe(link, std::move(channel));
        };
        setup.unsubscribe = [&adapter](client_link link, std::string channel) {
            return adapter.unsubscribe(link, std::move(channel));
        };
    }
    if constexpr (detail::has_beat<A>) {
        setup.beat = [&adapter](client_link link) { return adapter.beat(link); };
    }
    if constexpr (detail::has_reply_id<A>) {
        setup.reply_id = [&adapter](const message& arrived) { return adapter.reply_id(arrived); };
    }
    if constexpr (detail::has_layer<A>) {
        setup.layer = [&adapter](message& arrived, message_sink& behind) {
            return adapter.take(arrived, behind);
        };
    }
}

}  // namespace weir::ws
