// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/deflate/coder_pool.hpp>

#include "deflater.hpp"
#include "inflater.hpp"

#include <algorithm>

namespace weir::ws {
namespace {

/// A window of 15 bits reads every stream, so all shared inflaters are alike.
constexpr std::size_t inflater_bytes = inflater::cost(max_window_bits);

constexpr std::size_t bytes_of_all_deflaters() noexcept {
    std::size_t sum = 0;
    for (int bits = min_window_bits; bits <= max_window_bits; ++bits) sum += deflater::cost(bits);
    return sum;
}

}  // namespace

coder_pool::coder_pool() = default;
coder_pool::~coder_pool() = default;

coder_pool& coder_pool::of_this_thread() {
    thread_local coder_pool pool;
    return pool;
}

std::size_t coder_pool::shared_bytes() noexcept {
    return bytes_of_all_deflaters() + max_spares * inflater_bytes;
}

std::size_t coder_pool::cost_of(deflate_parameters agreed) noexcept {
    std::size_t sum = 0;
    if (agreed.keeps_send_context()) sum += deflater::cost(agreed.send_window_bits());
    if (agreed.keeps_receive_context()) sum += inflater::cost(agreed.receive_window_bits());
    return sum;
}

void coder_pool::set_max_bytes(std::size_t value) noexcept {
    max_bytes_ = std::max(value, shared_bytes());
}

std::optional<coder_pool::reservation> coder_pool::reserve(std::size_t size) noexcept {
    const std::size_t room = max_bytes_ - shared_bytes();
    if (taken_ > room || size > room - taken_) return std::nullopt;
    taken_ += size;
    return reservation(*this, size);
}

coder_pool::lent_inflater coder_pool::lend() {
    // The last one is for `lend_briefly`.
    if (taken_ + 2 * inflater_bytes > max_bytes_ - bytes_of_all_deflaters()) {
        ++deferred_;
        return {};
    }
    return lend_briefly();
}

coder_pool::lent_inflater coder_pool::lend_briefly() {
    lent_inflater lent(nullptr, inflater_return(*this));
    if (spare_count_ != 0) {
        lent.reset(spares_[--spare_count_].release());
        shared_held_ -= inflater_bytes;
    } else {
        lent.reset(new inflater(max_window_bits));
    }
    taken_ += inflater_bytes;
    return lent;
}

void coder_pool::take_back(inflater* returned) noexcept {
    std::unique_ptr<inflater> back(returned);
    taken_ -= inflater_bytes;
    if (spare_count_ == max_spares) return;
    back->forget();
    spares_[spare_count_++] = std::move(back);
    shared_held_ += inflater_bytes;
}

deflater& coder_pool::shared_deflater(int window_bits, int level) {
    auto& place = deflaters_[static_cast<std::size_t>(window_bits - min_window_bits)];
    if (place == nullptr) {
        place = std::make_unique<deflater>(window_bits, level);
        shared_held_ += deflater::cost(window_bits);
    }
    return *place;
}

}  // namespace weir::ws
