// SPDX-License-Identifier: Apache-2.0
#include "device_protocol.hpp"

#include <weir/base/byte_writer.hpp>

#include <array>
#include <string>

namespace {

using weir::byte_reader;
using weir::ws::route_outcome;
using weir::ws::route_result;
using routes = weir::ws::frame_router<arrival>;

route_outcome answer_ping(arrival& message, byte_reader in) {
    const auto sequence = in.read_big<std::uint16_t>();
    if (!sequence || !in.is_empty()) return routes::malformed();
    message.from.last_ping = message.now;
    message.from.sequence = *sequence;
    std::array<std::byte, 3> pong;
    weir::byte_writer out(pong);
    out.write_big<std::uint8_t, std::uint16_t>(static_cast<std::uint8_t>(command::pong), *sequence);
    return route_outcome::reply(weir::ws::message_kind::binary,
                                std::string(weir::as_text(out.written())));
}

route_outcome take_reading(arrival& message, byte_reader in) {
    const auto fields = in.read_big<std::uint16_t, std::int16_t, std::uint8_t, std::uint16_t>();
    if (!fields || !in.is_empty()) return routes::malformed();
    const auto& [sequence, hundredths, humidity, pressure] = *fields;
    message.from.sequence = sequence;
    ++message.from.readings;
    message.taken.emplace(message.from.id, sequence, hundredths, humidity, pressure);
    return route_outcome::ok();
}

const routes& all_routes() {
    static const routes all = routes()
                                  .on(static_cast<std::uint8_t>(command::ping), answer_ping)
                                  .on(static_cast<std::uint8_t>(command::data), take_reading);
    return all;
}

}  // namespace

route_outcome handle(arrival& message, weir::bytes content) {
    route_outcome outcome = all_routes().route(message, content);
    if (outcome.result() == route_result::unknown) ++message.from.ignored;
    if (outcome.result() == route_result::error) ++message.from.malformed;
    return outcome;
}
