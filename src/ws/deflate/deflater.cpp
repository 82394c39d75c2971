// SPDX-License-Identifier: Apache-2.0
#include "deflater.hpp"

#include <weir/base/assert.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <utility>

namespace weir::ws {
namespace {

/// What Z_SYNC_FLUSH ends with, and a message leaves out (RFC 7692 7.2.1).
constexpr std::size_t tail_bytes = 4;
/// From here on a block is kept for the next message (message_buffer).
constexpr std::size_t reusable_bytes = std::size_t{32} << 10U;
/// How much zlib is given at once.
constexpr std::size_t step_bytes = std::size_t{64} << 10U;

/// Whether what was compressed so far shows that the rest is not worth the time: pictures and other
/// archives. What zlib has not written yet is less than a step.
bool is_hopeless(std::size_t taken, std::size_t written) noexcept {
    return taken >= 2 * step_bytes && written > taken / 4 * 3;
}

}  // namespace

deflater::deflater(int window_bits, int level) : level_(level) {
    // With the hash table and the pending symbols as large as the window's two tables.
    const int memory_level = window_bits - 7;
    const int made =
        ::deflateInit2(&stream_, level, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY);
    if (made == Z_MEM_ERROR) throw std::bad_alloc();
    WEIR_ASSERT(made == Z_OK, "zlib must know the parameters that are allowed here");
}

deflater::~deflater() { static_cast<void>(::deflateEnd(&stream_)); }

void deflater::change_level(int level) {
    if (stream_.total_in != 0) ::deflateReset(&stream_);
    // zlib may flush first, and must not do so to where the last message went.
    std::array<Bytef, 64> nothing{};
    stream_.avail_in = 0;
    stream_.next_out = nothing.data();
    stream_.avail_out = nothing.size();
    ::deflateParams(&stream_, level, Z_DEFAULT_STRATEGY);
    WEIR_ASSERT(stream_.avail_out == nothing.size(), "a fresh stream has nothing to flush");
    level_ = level;
}

message_buffer deflater::compress(bytes payload, int level) {
    if (std::exchange(must_forget_, false)) ::deflateReset(&stream_);
    if (level != level_) change_level(level);
    message_buffer out;
    const std::size_t room = payload.size() + tail_bytes;
    out.make_room(std::max(room, reusable_bytes), std::max(room, reusable_bytes));
    bytes left = payload;
    std::size_t written = 0;
    stream_.avail_in = 0;
    stream_.avail_out = 0;
    for (;;) {
        const std::size_t given = std::min(left.size(), step_bytes);
        const std::size_t space = std::min(room - written, step_bytes);
        // zlib's interface has no const; it does not write there.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(left.data()));
        stream_.avail_in = static_cast<uInt>(given);
        stream_.next_out = reinterpret_cast<Bytef*>(out.spare().data() + written);
        stream_.avail_out = static_cast<uInt>(space);
        const bool is_last = given == left.size();
        const int done = ::deflate(&stream_, is_last ? Z_SYNC_FLUSH : Z_NO_FLUSH);
        WEIR_ASSERT(done == Z_OK || done == Z_BUF_ERROR, "a deflate stream must go on");
        left = left.subspan(given - stream_.avail_in);
        written += space - stream_.avail_out;
        if (is_last && left.empty() && stream_.avail_out != 0) break;
        if (written == room || is_hopeless(payload.size() - left.size(), written)) {
            forget();
            return {};
        }
    }
    WEIR_ASSERT(written > tail_bytes, "a flushed message must end with an empty block");
    out.commit(written - tail_bytes);
    return out;
}

}  // namespace weir::ws
