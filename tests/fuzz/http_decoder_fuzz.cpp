// SPDX-License-Identifier: Apache-2.0
// Property: a packed body gives the same bytes, or the same error, however it is split, and never
// more than allowed.
#include <weir/http/content/content_decoder.hpp>

#include <array>
#include <string>

#include "fuzz_split.hpp"

namespace {

namespace http = weir::http;

constexpr std::uint64_t max_decoded_bytes = 200'000;

/// Feeds one piece; false when nothing more may be fed.
bool feed(http::content_decoder& decoder, std::string_view piece, std::string& out,
          std::size_t room_bytes) {
    std::array<std::byte, 4096> room;
    weir::bytes data = weir::as_bytes(piece);
    for (;;) {
        const auto size = decoder.read_some(data, std::span(room).first(room_bytes));
        if (!size) return false;
        if (*size == 0) break;
        out.append(weir::as_text(weir::bytes(room).first(*size)));
    }
    weir::fuzz::require(data.empty(), "all of the data is taken");
    weir::fuzz::require(out.size() <= max_decoded_bytes, "no more than allowed");
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto coding = static_cast<http::content_coding>(data[0] % 3);
    weir::fuzz::split_input input(data, size);
    const auto limits = http::decoding_limits().max_decoded_bytes(max_decoded_bytes);
    http::content_decoder whole(coding, limits);
    std::string expected;
    const bool is_well = feed(whole, input.whole(), expected, 4096);

    http::content_decoder pieces(coding, limits);
    std::string seen;
    bool still = true;
    for (auto piece = input.next_piece(); still && !piece.empty(); piece = input.next_piece()) {
        still = feed(pieces, piece, seen, 100);
    }
    // A ratio is judged after each step, so only what passed in both ways is the same.
    if (is_well && still) {
        weir::fuzz::require(seen == expected, "the same body for any split");
        weir::fuzz::require(pieces.is_complete() == whole.is_complete(), "the same end");
    }
    return 0;
}
