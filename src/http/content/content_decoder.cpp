// SPDX-License-Identifier: Apache-2.0
#include <weir/http/content/content_decoder.hpp>

#include <weir/base/assert.hpp>
#include <weir/http/message/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace weir::http {
namespace {

constexpr int window_bits = 15;
constexpr int gzip_frame = 16;  // added to the window: a gzip frame instead of a zlib one
constexpr std::uint64_t ratio_counts_from = std::uint64_t{64} << 10U;
constexpr std::size_t max_step_bytes = std::size_t{1} << 30U;  // zlib counts in 32 bits
constexpr std::size_t piece_bytes = std::size_t{16} << 10U;

}  // namespace

struct content_decoder::state {
    explicit state(content_coding coding) : has_members(coding == content_coding::gzip) {
        const int frame = has_members ? gzip_frame : 0;
        if (::inflateInit2(&stream, window_bits + frame) != Z_OK) throw std::bad_alloc();
    }
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() { ::inflateEnd(&stream); }

    /// One call of zlib: takes off both ends what it used.
    [[nodiscard]] std::error_code step(bytes& data, mutable_bytes& out) noexcept {
        const bytes piece = data.first(std::min(data.size(), max_step_bytes));
        // zlib reads only; its pointer is not const where ZLIB_CONST is not set.
        auto* const first = reinterpret_cast<const Bytef*>(piece.data());
        stream.next_in = const_cast<Bytef*>(first);
        stream.avail_in = static_cast<uInt>(piece.size());
        const std::size_t room = std::min(out.size(), max_step_bytes);
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(room);
        const int status = ::inflate(&stream, Z_NO_FLUSH);
        data = data.subspan(piece.size() - stream.avail_in);
        out = out.subspan(room - stream.avail_out);
        has_ended = status == Z_STREAM_END;
        const bool is_well = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
        return is_well ? std::error_code() : make_error_code(errc::bad_coding);
    }

    /// As much as there is data and room for.
    [[nodiscard]] std::error_code run(bytes& data, mutable_bytes& out) noexcept {
        while (!out.empty()) {
            if (has_ended && data.empty()) return {};
            if (has_ended && !has_members) return make_error_code(errc::bad_coding);
            if (has_ended) ::inflateReset(&stream);
            const std::size_t left = data.size() + out.size();
            if (const auto error = step(data, out)) return error;
            if (data.size() + out.size() == left) return {};
        }
        return {};
    }

    z_stream stream{};
    bool has_members;  // gzip: "a series of members", one after another (RFC 1952 2.2)
    bool has_ended = false;
};

content_decoder::content_decoder(content_coding coding, const decoding_limits& limits)
    : limits_(limits) {
    if (coding != content_coding::identity) state_ = std::make_unique<state>(coding);
}
content_decoder::content_decoder(content_decoder&&) noexcept = default;
content_decoder& content_decoder::operator=(content_decoder&&) noexcept = default;
content_decoder::~content_decoder() = default;

bool content_decoder::is_complete() const noexcept {
    return !error_ && (state_ == nullptr || state_->has_ended);
}

std::size_t content_decoder::copy(bytes& data, mutable_bytes out) noexcept {
    const std::size_t size = std::min(data.size(), out.size());
    std::copy_n(data.begin(), size, out.begin());
    data = data.subspan(size);
    return size;
}

std::error_code content_decoder::passed_limit() const noexcept {
    if (given_ > limits_.max_decoded_bytes()) return make_error_code(errc::decoded_over_limit);
    if (given_ > ratio_counts_from && given_ / limits_.max_ratio() > taken_) {
        return make_error_code(errc::coding_ratio_over_limit);
    }
    return {};
}

result<std::size_t> content_decoder::read_some(bytes& data, mutable_bytes out) noexcept {
    WEIR_ASSERT(!out.empty(), "decoding needs room");
    if (error_) return fail(error_);
    const std::size_t data_before = data.size();
    mutable_bytes room = out;
    if (state_ == nullptr) {
        room = out.subspan(copy(data, out));
    } else {
        error_ = state_->run(data, room);
    }
    const std::size_t written = out.size() - room.size();
    taken_ += data_before - data.size();
    given_ += written;
    if (!error_) error_ = passed_limit();
    if (error_) return fail(error_);
    return written;
}

result<std::string> decoded(content_coding coding, bytes data, const decoding_limits& limits) {
    content_decoder decoder(coding, limits);
    std::string out;
    std::array<std::byte, piece_bytes> piece;
    for (;;) {
        const auto size = decoder.read_some(data, piece);
        if (!size) return fail(size.error());
        if (*size == 0) break;
        out.append(as_text(bytes(piece).first(*size)));
    }
    if (!decoder.is_complete()) return fail(make_error_code(errc::bad_coding));
    return out;
}

result<void> decode_body(request& message, const decoding_limits& limits) {
    const auto coding = coding_of(message.headers());
    if (!coding) return fail(coding.error());
    auto body = decoded(*coding, as_bytes(message.body()), limits);
    if (!body) return fail(body.error());
    message.body() = *std::move(body);
    message.headers().remove("Content-Encoding");
    return {};
}

}  // namespace weir::http
