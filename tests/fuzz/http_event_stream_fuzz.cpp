// SPDX-License-Identifier: Apache-2.0
// Property: the events of a stream do not depend on how its bytes are split, and what is held is
// bounded.
#include <weir/http/events/event_stream_parser.hpp>

#include <chrono>
#include <string>

#include "fuzz_split.hpp"

namespace {

namespace http = weir::http;

constexpr std::size_t max_event_bytes = 200;

/// Feeds one piece; false when nothing more may be fed.
bool feed(http::event_stream_parser& parser, std::string_view piece, std::string& log) {
    weir::bytes data = weir::as_bytes(piece);
    while (!data.empty()) {
        const auto action = parser.feed(data);
        if (!action) {
            log.append("error");
            return false;
        }
        if (*action == http::event_action::need_data) continue;
        const http::server_event event = parser.take();
        weir::fuzz::require(event.data().size() <= max_event_bytes, "an event within its limit");
        log.append(event.type()).append("#").append(*event.id()).append(":");
        log.append(event.data()).append("\n");
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    weir::fuzz::split_input input(data, size);
    http::event_stream_parser whole(max_event_bytes);
    std::string expected;
    feed(whole, input.whole(), expected);

    http::event_stream_parser pieces(max_event_bytes);
    std::string seen;
    for (auto piece = input.next_piece(); !piece.empty(); piece = input.next_piece()) {
        if (!feed(pieces, piece, seen)) break;
    }
    weir::fuzz::require(seen == expected, "the same events for any split");
    weir::fuzz::require(pieces.last_event_id() == whole.last_event_id(), "the same last ID");
    weir::fuzz::require(pieces.retry() == whole.retry(), "the same wait");
    return 0;
}
