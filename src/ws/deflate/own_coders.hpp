// SPDX-License-Identifier: Apache-2.0
// own_coders: the coders of a connection that keeps context. Their room is reserved from the
// handshake on; they are made when the first compressed message goes or comes, and unmade when the
// connection hibernates.
#pragma once

#include "deflater.hpp"
#include "inflater.hpp"

#include <weir/ws/deflate/coder_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace weir::ws {

/// One of the two may stay unused: where only one direction keeps context.
class own_coders {
public:
    explicit own_coders(coder_pool::reservation room) noexcept : room_(std::move(room)) {}

    /// Null = its room was given back, and is taken now: what is sent refers to nothing then.
    [[nodiscard]] deflater* sending(int window_bits, int level) {
        if (deflater_ != nullptr) return deflater_.get();
        if (given_back_ != 0 && !room_.grow_to(room_.size() + given_back_)) return nullptr;
        given_back_ = 0;
        deflater_ = std::make_unique<deflater>(window_bits, level);
        deflater_bytes_ = deflater::cost(window_bits);
        return deflater_.get();
    }
    [[nodiscard]] inflater& receiving(int window_bits) {
        if (inflater_ == nullptr) {
            inflater_ = std::make_unique<inflater>(window_bits, history_.view());
            inflater_bytes_ = inflater::cost(window_bits);
            history_ = message_buffer();
        }
        return *inflater_;
    }
    /// Makes the next message that is sent refer to nothing before it.
    void forget_sent() noexcept {
        if (deflater_ != nullptr) deflater_->forget();
    }

    /// What they take at most.
    [[nodiscard]] std::size_t held_bytes() const noexcept {
        return (deflater_ == nullptr ? 0 : deflater_bytes_) +
               (inflater_ == nullptr ? history_.capacity() : inflater_bytes_);
    }
    /// Gives the deflater and its room back; a sender may forget what it has sent.
    void hibernate_sending() noexcept {
        if (deflater_ == nullptr) return;
        deflater_.reset();
        given_back_ = std::min(deflater_bytes_, room_.size());
        room_.shrink_to(room_.size() - given_back_);
    }
    /// Keeps of the inflater what the peer may refer to. Its room stays reserved: the peer decides
    /// when it is needed. Only while no message is being inflated.
    void hibernate_receiving() {
        if (inflater_ == nullptr || !inflater_->is_between_blocks()) return;
        history_ = inflater_->history();
        inflater_.reset();
    }

private:
    coder_pool::reservation room_;
    std::unique_ptr<deflater> deflater_;
    std::unique_ptr<inflater> inflater_;
    message_buffer history_;  // of an inflater that is not there
    std::size_t deflater_bytes_ = 0;
    std::size_t inflater_bytes_ = 0;
    std::size_t given_back_ = 0;  // of the room
};

}  // namespace weir::ws
