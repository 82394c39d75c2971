// SPDX-License-Identifier: Apache-2.0
#include <weir/http/content/content_encoder.hpp>

#include <weir/base/assert.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <new>

namespace weir::http {
namespace {

constexpr int window_bits = 15;
constexpr int gzip_frame = 16;  // added to the window: a gzip frame instead of a zlib one
constexpr int memory_level = 8;
constexpr std::size_t step_bytes = std::size_t{4} << 10U;
constexpr std::size_t max_input_bytes = std::size_t{1} << 30U;  // zlib counts in 32 bits

}  // namespace

struct content_encoder::state {
    state(content_coding coding, int level) {
        const int frame = coding == content_coding::gzip ? gzip_frame : 0;
        if (::deflateInit2(&stream, level, Z_DEFLATED, window_bits + frame, memory_level,
                           Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() { ::deflateEnd(&stream); }

    /// Until zlib has nothing more to say about what it was given.
    void drain(int how, std::string& out) {
        do {
            const std::size_t before = out.size();
            out.resize(before + step_bytes);
            stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
            stream.avail_out = static_cast<uInt>(step_bytes);
            const int status = ::deflate(&stream, how);
            WEIR_ASSERT(status != Z_STREAM_ERROR, "the state of a content encoder was overwritten");
            out.resize(out.size() - stream.avail_out);
        } while (stream.avail_out == 0);
    }

    z_stream stream{};
};

content_encoder::content_encoder(content_coding coding, int level) : coding_(coding) {
    WEIR_ASSERT(level >= 1 && level <= 9, "the level of a content encoder is 1 ... 9");
    if (coding != content_coding::identity) state_ = std::make_unique<state>(coding, level);
}
content_encoder::content_encoder(content_encoder&&) noexcept = default;
content_encoder& content_encoder::operator=(content_encoder&&) noexcept = default;
content_encoder::~content_encoder() = default;

void content_encoder::append(bytes data, std::string& out) { run(data, Z_NO_FLUSH, out); }
void content_encoder::flush(std::string& out) { run({}, Z_SYNC_FLUSH, out); }
void content_encoder::finish(std::string& out) {
    run({}, Z_FINISH, out);
    is_finished_ = true;
}

void content_encoder::restart() noexcept {
    is_finished_ = false;
    if (state_ == nullptr) return;
    const int status = ::deflateReset(&state_->stream);
    WEIR_ASSERT(status == Z_OK, "the state of a content encoder was overwritten");
}

void content_encoder::run(bytes data, int how, std::string& out) {
    WEIR_ASSERT(!is_finished_, "a content encoder was used after finish()");
    if (state_ == nullptr) {
        out.append(as_text(data));
        return;
    }
    if (data.empty() && how == Z_NO_FLUSH) return;
    do {
        const bytes piece = data.first(std::min(data.size(), max_input_bytes));
        data = data.subspan(piece.size());
        // zlib reads only; its pointer is not const where ZLIB_CONST is not set.
        auto* const first = reinterpret_cast<const Bytef*>(piece.data());
        state_->stream.next_in = const_cast<Bytef*>(first);
        state_->stream.avail_in = static_cast<uInt>(piece.size());
        state_->drain(how, out);
    } while (!data.empty());
}

}  // namespace weir::http
