// SPDX-License-Identifier: Apache-2.0
// Three ways to handle JSON messages: a ping gets a pong, data is acknowledged.
#include "handlers.hpp"

#include <weir/base/name_table.hpp>
#include <weir/eviction/bounded_map.hpp>
#include <weir/json/scanner.hpp>
#include <weir/ws/message.hpp>
#include <weir/ws/routing/message_router.hpp>

#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace benchmark {
namespace {

using weir::ws::message_kind;
using weir::ws::prepared_message;
using weir::ws::route_outcome;

constexpr std::string_view pong = R"({"type":"pong"})";
constexpr std::string_view taken = R"({"type":"ok","handler":"data"})";
constexpr std::uint32_t max_keys = 20'000;

/// The members of an answer, put together for each message.
std::string encoded(std::string_view type, std::string_view from) {
    std::string text = R"({"type":")";
    text += type;
    text += '"';
    if (!from.empty()) {
        text += R"(,"handler":")";
        text += from;
        text += '"';
    }
    return text + '}';
}

std::size_t framed(const std::string& answer) {
    return prepared_message(message_kind::text, weir::as_bytes(answer)).size();
}

enum class kind : std::uint8_t { ping, data };

constexpr weir::name_table kinds(weir::named("ping", kind::ping), weir::named("data", kind::data));

using router = weir::ws::message_router<kind, kinds.size(), std::size_t>;

std::shared_ptr<router> make_routes() {
    weir::ws::envelope_limits limits;
    limits.json.max_keys(max_keys);
    auto routes = std::make_shared<router>(kinds, limits);
    auto answer = std::make_shared<prepared_message>(message_kind::text, weir::as_bytes(taken));
    const auto take = [answer](std::size_t& bytes, const weir::ws::envelope& message) {
        bytes += message.payload().size();
        return route_outcome::reply(*answer);
    };
    routes->reply(kind::ping, pong).on(kind::data, take);
    return routes;
}

std::size_t size_of_answer(const route_outcome& outcome) {
    if (outcome.constant() == nullptr) std::abort();
    return outcome.constant()->size();
}

}  // namespace

message_handler default_json() {
    auto parser = std::make_shared<simdjson::dom::parser>();
    return [parser](std::string_view text) {
        simdjson::dom::element document;
        if (parser->parse(text.data(), text.size()).get(document) != 0) std::abort();
        std::string_view type;
        if (document["type"].get(type) != 0) std::abort();
        return framed(type == "ping" ? encoded("pong", "") : encoded("ok", type));
    };
}

message_handler optimised_json() {
    return [routes = make_routes(), bytes = std::size_t{0}](std::string_view text) mutable {
        return size_of_answer(routes->route(bytes, text));
    };
}

message_handler cached_json() {
    constexpr std::size_t max_entries = 1000;
    using answers = weir::bounded_map<std::string, prepared_message>;
    return [routes = make_routes(), kept = std::make_shared<answers>(max_entries),
            bytes = std::size_t{0}](std::string_view text) mutable {
        if (const auto* found = kept->find(text)) return found->value.size();
        const auto outcome = routes->route(bytes, text);
        kept->put(std::string(text), *outcome.constant());
        return size_of_answer(outcome);
    };
}

message_handler judge_by_scanner() {
    return [](std::string_view text) {
        weir::json::scanner in(text, weir::json::limits().max_keys(max_keys));
        in.skip();
        if (!in.finish()) std::abort();
        return in.position();
    };
}

message_handler judge_by_simdjson_dom() {
    auto parser = std::make_shared<simdjson::dom::parser>();
    return [parser](std::string_view text) {
        simdjson::dom::element document;
        if (parser->parse(text.data(), text.size()).get(document) != 0) std::abort();
        return text.size();
    };
}

}  // namespace benchmark
