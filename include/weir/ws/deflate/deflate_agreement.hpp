// SPDX-License-Identifier: Apache-2.0
// deflate_agreement: what a handshake agreed on about compression, with the room for it.
#pragma once

#include <weir/ws/deflate/coder_pool.hpp>
#include <weir/ws/deflate/deflate_parameters.hpp>

#include <optional>
#include <utility>

namespace weir::ws {

/// What a connection is given with its socket. Holds the room for the coders that it will keep.
/// Moves, does not copy.
class deflate_agreement {
public:
    /// Nothing was agreed on.
    deflate_agreement() noexcept = default;

    /// Sets the room aside that `agreed` needs; nullopt = the pool has not so much, which only
    /// happens where context is kept.
    [[nodiscard]] static std::optional<deflate_agreement> make(
        deflate_parameters agreed, coder_pool& pool = coder_pool::of_this_thread()) noexcept {
        deflate_agreement made;
        made.parameters_ = agreed;
        if (!agreed.keeps_context()) return made;
        auto room = pool.reserve(coder_pool::cost_of(agreed));
        if (!room) return std::nullopt;
        made.room_ = std::move(*room);
        return made;
    }

    /// Keeps of it what the peer agreed to. @param agreed  nothing that needs more room.
    void narrow_to(deflate_parameters agreed) noexcept {
        room_.shrink_to(coder_pool::cost_of(agreed));
        parameters_ = agreed;
    }

    [[nodiscard]] deflate_parameters parameters() const noexcept { return parameters_; }
    [[nodiscard]] coder_pool::reservation take_room() noexcept { return std::move(room_); }

private:
    deflate_parameters parameters_;
    coder_pool::reservation room_;
};

}  // namespace weir::ws
