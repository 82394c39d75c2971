// SPDX-License-Identifier: Apache-2.0
// message_router: which handler a JSON message is for, by its "type", out of a closed set. Answers
// that are always the same are encoded as frames once, when the routes are made.
//
//   text --envelope_list: judged, not parsed--> type --name_table--> constant answer   -> reply
//     '--broken--> invalid_json                   '--none--> unknown  handler's answer  -> ok,
//     reply, error
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/lifetime.hpp>
#include <weir/base/name_table.hpp>
#include <weir/ws/routing/codec.hpp>
#include <weir/ws/routing/envelope.hpp>
#include <weir/ws/routing/error.hpp>
#include <weir/ws/routing/route_outcome.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace weir::ws {

/// The routes of a protocol; made once, shared by the connections of a shard, or of all shards once
/// nothing is added any more. `State` is what a handler may change, usually the connection's.
///
/// ```cpp
/// constexpr weir::name_table kinds(weir::named("ping", kind::ping), weir::named("data",
/// kind::data)); weir::ws::message_router<kind, kinds.size(), device> routes(kinds);
/// routes.reply(kind::ping, R"({"type":"pong"})").on<reading>(kind::data, take_reading);
/// while (auto message = co_await peer.receive()) {
///     auto outcome = routes.route(state, message->text());
///     co_await weir::ok(weir::ws::reply_to(peer, std::move(outcome)));
/// }
/// ```
template <class Kind, std::size_t N, class State>
class message_router {
public:
    using handler = std::function<route_outcome(State&, const envelope&)>;

    explicit message_router(const name_table<Kind, N>& kinds, envelope_limits limits = {})
        : kinds_(kinds), limits_(limits) {}

    /// Every message of that type gets this answer, whatever else is in it.
    message_router& reply(Kind kind, std::string_view text) {
        route_of(kind).constant.emplace(message_kind::text, as_bytes(text));
        return *this;
    }
    /// Every message of that type goes to `handle`.
    message_router& on(Kind kind, handler handle) {
        route_of(kind).handle = std::move(handle);
        return *this;
    }
    /// Every message of that type goes to `handle` with what its payload says: a call with `State&`
    /// and a `T`. One that the codec refuses is as one that could not be read.
    template <text_decodable T, std::invocable<State&, T> F>
    message_router& on(Kind kind, F handle) {
        return on(kind, [handle](State& state, const envelope& message) -> route_outcome {
            weir::result<T> value = ws::decode<T>(message.payload());
            if (!value) return route_outcome::invalid_json(value.error());
            return handle(state, std::move(*value));
        });
    }
    /// What to answer to what nobody is for, and to what could not be read; nothing, if not said.
    message_router& reply_to_unknown(std::string_view text) {
        to_unknown_.emplace(message_kind::text, as_bytes(text));
        return *this;
    }
    message_router& reply_to_invalid(std::string_view text) {
        to_invalid_.emplace(message_kind::text, as_bytes(text));
        return *this;
    }

    /// Handles a message that is one: a batch is an error (routing_errc::no_type), see `read`.
    [[nodiscard]] route_outcome route(State& state, std::string_view text) const {
        const auto list = read(text);
        if (!list) return invalid(list.error());
        if (list->is_batch()) return invalid(make_error_code(routing_errc::no_type));
        return route(state, list->all().front());
    }
    /// Handles one of those that `read` gave.
    [[nodiscard]] route_outcome route(State& state, const envelope& message) const {
        const std::size_t found = index_of(message);
        if (found == N) return route_outcome::unknown().saying(to_unknown());
        const entry& route = routes_[found];
        if (route.constant) return route_outcome::reply(*route.constant);
        if (!route.handle) return route_outcome::unknown().saying(to_unknown());
        route_outcome outcome = route.handle(state, message);
        const bool is_invalid = outcome.result() == route_result::invalid_json;
        if (!is_invalid || outcome.has_answer()) return outcome;
        return std::move(outcome).saying(to_invalid());
    }
    /// Handles all messages of a text, one or a batch, and gives `take` each outcome, in order.
    template <class Take>
    void route_all(State& state, std::string_view text, Take take) const {
        const auto list = read(text);
        if (!list) return static_cast<void>(take(invalid(list.error())));
        for (const envelope& each : list->all()) static_cast<void>(take(route(state, each)));
    }

    /// One message or a batch, for those who handle them in groups (`map_grouped`).
    ///
    /// Errors:  those of envelope_list::read.
    [[nodiscard]] weir::result<envelope_list> read(std::string_view text) const {
        return envelope_list::read(text, limits_);
    }
    /// What a message is; nullopt = none of the set.
    [[nodiscard]] std::optional<Kind> kind_of(const envelope& message) const {
        const json::string_value& type = message.type();
        return type.has_escapes() ? kinds_.find(type.text()) : kinds_.find(type.raw());
    }
    /// The outcome for what could not be read.
    [[nodiscard]] route_outcome invalid(std::error_code why) const {
        return route_outcome::invalid_json(why).saying(to_invalid());
    }

private:
    struct entry {
        std::optional<prepared_message> constant;
        handler handle;
    };

    [[nodiscard]] entry& route_of(Kind kind) {
        const std::size_t found = kinds_.index_of_value(kind);
        WEIR_ASSERT(found != N, "a route is for a kind of the router's table");
        return routes_[found];
    }
    [[nodiscard]] std::size_t index_of(const envelope& message) const {
        const json::string_value& type = message.type();
        return type.has_escapes() ? kinds_.index_of(type.text()) : kinds_.index_of(type.raw());
    }
    [[nodiscard]] const prepared_message* to_unknown() const noexcept {
        return to_unknown_ ? &*to_unknown_ : nullptr;
    }
    [[nodiscard]] const prepared_message* to_invalid() const noexcept {
        return to_invalid_ ? &*to_invalid_ : nullptr;
    }

    name_table<Kind, N> kinds_;
    envelope_limits limits_;
    std::array<entry, N> routes_;
    std::optional<prepared_message> to_unknown_;
    std::optional<prepared_message> to_invalid_;
};

}  // namespace weir::ws
