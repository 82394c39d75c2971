// SPDX-License-Identifier: Apache-2.0
// frame_router: which handler a binary message is for, by its first byte.
#pragma once

#include <weir/base/byte_reader.hpp>
#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/ws/routing/codec.hpp>
#include <weir/ws/routing/error.hpp>
#include <weir/ws/routing/route_outcome.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::ws {

/// The routes of a binary protocol; made once, shared like a `message_router`.
///
/// ```cpp
/// weir::ws::frame_router<device> routes;
/// routes.on(0x01, answer_ping).on<reading, take_reading>(0x10);
/// auto outcome = routes.route(state, message->data());
/// ```
template <class State>
class frame_router {
public:
    /// Gets what is behind the first byte. One that leaves bytes unread which its layout does not
    /// have says so: `malformed` is its outcome.
    using handler = route_outcome (*)(State&, byte_reader);

    /// Every message that begins with `first` goes to `handle`.
    frame_router& on(std::uint8_t first, handler handle) noexcept {
        routes_[first] = handle;
        return *this;
    }

    /// Every message that begins with `first` goes to `Handle` with what the rest of it says; one
    /// that the codec refuses is an error.
    template <binary_decodable T, route_outcome (*Handle)(State&, T)>
    frame_router& on(std::uint8_t first) noexcept {
        return on(first, [](State& state, byte_reader in) -> route_outcome {
            result<T> value = ws::decode<T>(in);
            if (!value) return route_outcome::error(value.error());
            return Handle(state, std::move(*value));
        });
    }

    /// Handles a message. An empty one is malformed; one that nobody is for is unknown.
    [[nodiscard]] route_outcome route(State& state, bytes message) const {
        byte_reader in(message);
        const auto first = in.read_big<std::uint8_t>();
        if (!first) return malformed();
        const handler handle = routes_[*first];
        return handle == nullptr ? route_outcome::unknown() : handle(state, in);
    }

    /// The outcome of a message that is shorter or longer than its layout.
    [[nodiscard]] static route_outcome malformed() noexcept {
        return route_outcome::error(make_error_code(routing_errc::malformed_frame));
    }

private:
    std::array<handler, 256> routes_{};
};

}  // namespace weir::ws
