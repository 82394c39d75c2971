// SPDX-License-Identifier: Apache-2.0
// Property: the events of a session do not depend on how the bytes are split, nor on whether large
// frames are received directly; nothing comes after the last event.
#include <weir/ws/session.hpp>

#include <string>
#include <vector>

#include "fuzz_split.hpp"

namespace {

namespace ws = weir::ws;

const ws::limits& limits() {
    static const auto shared = ws::limits().max_message_bytes(200'000).max_fragments(20);
    return shared;
}

/// Gives `piece` in memory of its own, so that a read beyond it is seen, and logs the events.
void feed(ws::session& session, std::string_view piece, std::string& log) {
    std::vector<std::byte> memory(weir::as_bytes(piece).begin(), weir::as_bytes(piece).end());
    weir::mutable_bytes chunk(memory);
    for (;;) {
        const ws::event event = session.next(chunk);
        if (event.kind() == ws::event_kind::need_data) return;
        log += static_cast<char>('0' + static_cast<int>(event.kind()));
        log += std::to_string(static_cast<unsigned>(event.code()));
        log += event.kind() == ws::event_kind::message && event.type() == ws::message_kind::text
                   ? 't'
                   : 'b';
        log.append(weir::as_text(event.payload())).append(event.reason()).append("\n");
    }
}

void check(ws::role side, weir::fuzz::split_input input, bool is_direct) {
    ws::session whole(side, limits());
    std::string expected;
    feed(whole, input.whole(), expected);

    ws::session pieces(side, limits());
    std::string seen;
    for (auto piece = input.next_piece(); !piece.empty(); piece = input.next_piece()) {
        const auto space = is_direct ? pieces.direct_space() : weir::mutable_bytes();
        const std::size_t direct = std::min(space.size(), piece.size());
        std::copy_n(weir::as_bytes(piece).begin(), direct, space.begin());
        if (direct != 0) pieces.direct_filled(direct);
        feed(pieces, piece.substr(direct), seen);
    }
    weir::fuzz::require(seen == expected, "the same events for any split");
    weir::fuzz::require(pieces.state() == whole.state(), "the same state for any split");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const weir::fuzz::split_input input(data + 1, size - 1);
    check((data[0] & 1U) != 0 ? ws::role::client : ws::role::server, input, (data[0] & 2U) != 0);
    return 0;
}
