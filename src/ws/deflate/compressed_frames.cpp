// SPDX-License-Identifier: Apache-2.0
#include "compressed_frames.hpp"

#include "deflater.hpp"

#include <weir/ws/deflate/coder_pool.hpp>
#include <weir/ws/protocol/frame.hpp>

#include <algorithm>
#include <memory>

namespace weir::ws::detail {
namespace {

send_buffer make_frame(message_kind kind, bytes payload, int window_bits, int level) {
    deflater& coder = coder_pool::of_this_thread().shared_deflater(window_bits, level);
    coder.forget();
    const message_buffer compressed = coder.compress(payload, level);
    if (compressed.empty()) return {};
    const std::size_t head = header_size(compressed.size(), false);
    send_buffer frame = send_buffer::with_size(head + compressed.size());
    const mutable_bytes memory = frame.writable();
    encode_header(memory, opcode_of(kind), true, compressed.size(), std::nullopt, compressed_bit);
    const bytes body = compressed.view();
    std::copy(body.begin(), body.end(), memory.subspan(head).begin());
    return frame;
}

}  // namespace

compressed_frames::~compressed_frames() {
    for (const auto& place : made_) delete place.load(std::memory_order_relaxed);
}

const send_buffer& compressed_frames::frame(message_kind kind, bytes payload, int window_bits,
                                            int level) {
    auto& place = made_[static_cast<std::size_t>(window_bits - min_window_bits)];
    const send_buffer* kept = place.load(std::memory_order_acquire);
    if (kept != nullptr) return *kept;
    auto fresh = std::make_unique<const send_buffer>(make_frame(kind, payload, window_bits, level));
    if (place.compare_exchange_strong(kept, fresh.get(), std::memory_order_acq_rel)) {
        return *fresh.release();
    }
    return *kept;
}

}  // namespace weir::ws::detail
