// SPDX-License-Identifier: Apache-2.0
#include "inflater.hpp"

#include <weir/base/assert.hpp>

#include <algorithm>
#include <new>

namespace weir::ws {

inflater::inflater(int window_bits, bytes history) {
    const int made = ::inflateInit2(&stream_, -window_bits);
    if (made == Z_MEM_ERROR) throw std::bad_alloc();
    WEIR_ASSERT(made == Z_OK, "zlib must know the parameters that are allowed here");
    if (history.empty()) return;
    const int set = ::inflateSetDictionary(&stream_, reinterpret_cast<const Bytef*>(history.data()),
                                           static_cast<uInt>(history.size()));
    if (set == Z_MEM_ERROR) throw std::bad_alloc();
    WEIR_ASSERT(set == Z_OK, "a raw stream takes any history");
}

message_buffer inflater::history() const {
    WEIR_ASSERT(is_between_blocks_, "inside of a block a stream cannot be taken over");
    // zlib's interface has no const; it does not write there.
    auto* stream = const_cast<::z_stream*>(&stream_);
    uInt size = 0;
    ::inflateGetDictionary(stream, nullptr, &size);
    message_buffer out;
    if (size == 0) return out;
    out.make_room(size, size);
    ::inflateGetDictionary(stream, reinterpret_cast<Bytef*>(out.spare().data()), &size);
    out.commit(size);
    out.trim();
    return out;
}

inflater::~inflater() { static_cast<void>(::inflateEnd(&stream_)); }

inflater::step inflater::advance(bytes& in, mutable_bytes& out) {
    WEIR_ASSERT(!out.empty(), "an inflater was given no room");
    constexpr std::size_t most = UINT32_MAX / 2;  // zlib counts in 32 bits
    while (!out.empty()) {
        const std::size_t given = std::min(in.size(), most);
        const std::size_t room = std::min(out.size(), most);
        // zlib's interface has no const; it does not write there.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
        stream_.avail_in = static_cast<uInt>(given);
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(room);
        const int done = ::inflate(&stream_, Z_SYNC_FLUSH);
        in = in.subspan(given - stream_.avail_in);
        out = out.subspan(room - stream_.avail_out);
        if (done == Z_MEM_ERROR) throw std::bad_alloc();
        if (done == Z_STREAM_END) {
            forget();  // a final block ends the compressed data that may be referred to
            if (in.empty()) return step::needs_input;
            continue;
        }
        if (done != Z_OK && done != Z_BUF_ERROR) return step::broken;
        // zlib.h, inflate(): 128 = behind the end of a block, below 64 = bits not yet used.
        if (done == Z_OK) is_between_blocks_ = (stream_.data_type & 0xBF) == 128;
        if (done == Z_BUF_ERROR || (in.empty() && !out.empty())) return step::needs_input;
    }
    return step::needs_room;
}

void inflater::forget() noexcept {
    ::inflateReset(&stream_);
    is_between_blocks_ = true;
}

}  // namespace weir::ws
