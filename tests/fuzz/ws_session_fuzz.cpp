// SPDX-License-Identifier: Apache-2.0
// Property: the events of a session do not depend on how the bytes are split, nor on whether large
// frames are received directly; nothing comes after the last event.
#include <weir/ws/protocol/session.hpp>

#include <string>
#include <vector>

#include "fuzz_split.hpp"

namespace {

namespace ws = weir::ws;

const ws::limits& limits() {
    static const auto shared = ws::limits().max_message_bytes(200'000).max_fragments(20);
    return shared;
}

/// What a message leaves free between its payload and the rest of the chunk.
std::size_t gap_behind(const ws::event& event, weir::bytes rest) {
    if (event.kind() != ws::event_kind::message || !event.is_in_chunk()) return 0;
    return static_cast<std::size_t>(rest.data() - event.payload().data()) - event.payload().size();
}

/// Gives `piece` in memory of its own, so that a read beyond it is seen, and logs the events.
/// `packs`: payloads are moved together, as a connection that answers wants them.
void feed(ws::session& session, std::string_view piece, bool packs, std::string& log) {
    std::vector<std::byte> memory(weir::as_bytes(piece).begin(), weir::as_bytes(piece).end());
    weir::mutable_bytes chunk(memory);
    std::size_t gap = 0;
    for (;;) {
        const ws::event event = session.next(chunk, gap);
        gap = packs ? gap_behind(event, chunk) : 0;
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
    feed(whole, input.whole(), false, expected);

    ws::session pieces(side, limits());
    std::string seen;
    for (auto piece = input.next_piece(); !piece.empty(); piece = input.next_piece()) {
        const auto space = is_direct ? pieces.direct_space() : weir::mutable_bytes();
        const std::size_t direct = std::min(space.size(), piece.size());
        std::copy_n(weir::as_bytes(piece).begin(), direct, space.begin());
        if (direct != 0) pieces.direct_filled(direct);
        feed(pieces, piece.substr(direct), true, seen);
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
