// SPDX-License-Identifier: Apache-2.0
// Three ways to handle binary messages, and two to take a record of market data apart.
#include "handlers.hpp"

#include "stopwatch.hpp"

#include <weir/base/byte_reader.hpp>
#include <weir/eviction/bounded_map.hpp>
#include <weir/ws/message.hpp>
#include <weir/ws/routing/frame_router.hpp>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace benchmark {
namespace {

using weir::byte_reader;
using weir::ws::message_kind;
using weir::ws::prepared_message;
using weir::ws::route_outcome;

constexpr std::string_view taken = "\x02";

using router = weir::ws::frame_router<std::size_t>;

const prepared_message& acknowledgement() {
    static const prepared_message made(message_kind::binary, weir::as_bytes(taken));
    return made;
}

/// size:u32, payload[size].
route_outcome take_sized(std::size_t& bytes, byte_reader in) {
    const auto size = in.read_big<std::uint32_t>();
    const auto payload = size ? in.take(*size) : std::nullopt;
    if (!payload || !in.is_empty()) return router::malformed();
    bytes += payload->size();
    return route_outcome::reply(acknowledgement());
}

std::size_t size_of_answer(const route_outcome& outcome) {
    if (outcome.constant() == nullptr) std::abort();
    return outcome.constant()->size();
}

/// Bytes of a stream as a number, as one writes it without a reader of bytes.
template <class T>
T number_from(std::istream& in) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        value = value << 8U | static_cast<std::uint64_t>(static_cast<unsigned char>(in.get()));
    }
    if constexpr (sizeof(T) == 8) return std::bit_cast<T>(value);
    return static_cast<T>(value);
}

class market_data {
public:
    std::uint64_t timestamp = 0;
    std::string_view symbol;
    double price = 0;
    double volume = 0;
};

std::optional<market_data> decode(weir::bytes record) {
    byte_reader in(record);
    const auto head = in.read_big<std::uint64_t, std::uint8_t>();
    const auto symbol = head ? in.take(std::get<1>(*head)) : std::nullopt;
    const auto numbers = symbol ? in.read_big<double, double>() : std::nullopt;
    if (!numbers || !in.is_empty()) return std::nullopt;
    market_data found;
    found.timestamp = std::get<0>(*head);
    found.symbol = weir::as_text(*symbol);
    std::tie(found.price, found.volume) = *numbers;
    return found;
}

}  // namespace

message_handler default_binary() {
    return [](std::string_view content) {
        std::istringstream in{std::string(content)};
        if (number_from<std::uint8_t>(in) != 1) std::abort();
        std::vector<char> payload(number_from<std::uint32_t>(in));
        in.read(payload.data(), static_cast<std::streamsize>(payload.size()));
        if (!in) std::abort();
        keep(payload);
        return prepared_message(message_kind::binary, weir::as_bytes(taken)).size();
    };
}

message_handler optimised_binary() {
    auto routes = std::make_shared<router>();
    routes->on(0x01, take_sized);
    return [routes, bytes = std::size_t{0}](std::string_view content) mutable {
        return size_of_answer(routes->route(bytes, weir::as_bytes(content)));
    };
}

message_handler cached_binary() {
    constexpr std::size_t max_entries = 1000;
    using answers = weir::bounded_map<std::string, prepared_message>;
    auto routes = std::make_shared<router>();
    routes->on(0x01, take_sized);
    return [routes, kept = std::make_shared<answers>(max_entries),
            bytes = std::size_t{0}](std::string_view content) mutable {
        if (const auto* found = kept->find(content)) return found->value.size();
        const auto outcome = routes->route(bytes, weir::as_bytes(content));
        kept->put(std::string(content), *outcome.constant());
        return size_of_answer(outcome);
    };
}

message_handler default_market() {
    return [](std::string_view content) {
        std::istringstream in{std::string(content)};
        const auto timestamp = number_from<std::uint64_t>(in);
        std::string symbol(number_from<std::uint8_t>(in), '\0');
        in.read(symbol.data(), static_cast<std::streamsize>(symbol.size()));
        const auto price = number_from<double>(in);
        const auto volume = number_from<double>(in);
        if (!in) std::abort();
        keep(timestamp);
        keep(price);
        keep(volume);
        return symbol.size();
    };
}

message_handler optimised_market() {
    return [](std::string_view content) {
        const auto found = decode(weir::as_bytes(content));
        if (!found) std::abort();
        keep(found->timestamp);
        keep(found->price);
        keep(found->volume);
        return found->symbol.size();
    };
}

}  // namespace benchmark
