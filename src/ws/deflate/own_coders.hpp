// SPDX-License-Identifier: Apache-2.0
// own_coders: the coders of a connection that keeps context. Their room is reserved from the
// handshake on; they are made when the first compressed message goes or comes.
#pragma once

#include "deflater.hpp"
#include "inflater.hpp"

#include <weir/ws/deflate/coder_pool.hpp>

#include <memory>
#include <utility>

namespace weir::ws {

/// One of the two may stay unused: where only one direction keeps context.
class own_coders {
public:
    explicit own_coders(coder_pool::reservation room) noexcept : room_(std::move(room)) {}

    [[nodiscard]] deflater& sending(int window_bits, int level) {
        if (deflater_ == nullptr) deflater_ = std::make_unique<deflater>(window_bits, level);
        return *deflater_;
    }
    [[nodiscard]] inflater& receiving(int window_bits) {
        if (inflater_ == nullptr) inflater_ = std::make_unique<inflater>(window_bits);
        return *inflater_;
    }
    /// Makes the next message that is sent refer to nothing before it.
    void forget_sent() noexcept {
        if (deflater_ != nullptr) deflater_->forget();
    }

private:
    coder_pool::reservation room_;
    std::unique_ptr<deflater> deflater_;
    std::unique_ptr<inflater> inflater_;
};

}  // namespace weir::ws
