// SPDX-License-Identifier: Apache-2.0
// Properties: what compressed messages inflate to does not depend on how they are split or
// fragmented; it never passes the limits; what a session compresses another one reads.
#include <weir/ws/deflate/deflate_extension.hpp>
#include <weir/ws/protocol/session.hpp>

#include <string>
#include <utility>
#include <vector>

#include "fuzz_split.hpp"

namespace {

namespace ws = weir::ws;

constexpr std::size_t max_bytes = 200'000;

const ws::limits& limits() {
    static const auto shared = ws::limits().max_message_bytes(max_bytes).max_fragments(100'000);
    return shared;
}

ws::deflate_parameters parameters(unsigned choice) {
    const int bits = 9 + static_cast<int>(choice & 7U) % 7;
    return ws::deflate_parameters(bits, bits)
        .keep_send_context((choice & 8U) != 0)
        .keep_receive_context((choice & 8U) != 0);
}

ws::session agreed(ws::role side, unsigned choice) {
    ws::session made(side, limits());
    made.use_deflate(std::move(*ws::deflate_agreement::make(parameters(choice))));
    return made;
}

std::string frame(unsigned first_byte, std::string_view payload) {
    std::string out{static_cast<char>(first_byte), static_cast<char>(126),
                    static_cast<char>(payload.size() >> 8U),
                    static_cast<char>(payload.size() & 0xFFU)};
    if (payload.size() < 126) out = {out[0], static_cast<char>(payload.size())};
    return out.append(payload);
}

/// Gives `data` in memory of its own, so that a read beyond it is seen, and logs the messages and
/// why the session failed: both are the event's reason.
void feed(ws::session& session, std::string_view data, std::string& log) {
    std::vector<std::byte> memory(weir::as_bytes(data).begin(), weir::as_bytes(data).end());
    weir::mutable_bytes chunk(memory);
    for (;;) {
        const ws::event event = session.next(chunk);
        if (event.kind() == ws::event_kind::need_data) return;
        weir::fuzz::require(event.payload().size() <= max_bytes, "no message passes its limit");
        log.append(event.reason()).append("\n");
    }
}

/// `data` as two messages, so that the second may refer to the first.
void check_inflating(unsigned choice, std::string_view data, weir::fuzz::split_input input) {
    const unsigned code = (choice & 16U) != 0 ? 1 : 2;
    const std::string_view first = data.substr(0, data.size() / 2);
    const std::string_view second = data.substr(first.size());
    auto whole = agreed(ws::role::client, choice);
    std::string expected;
    feed(whole, frame(0xC0U | code, first) + frame(0xC0U | code, second), expected);

    auto fragments = agreed(ws::role::client, choice);
    std::string wire = frame(0x40U | code, {});
    for (const char c : first) wire += frame(0, std::string_view(&c, 1));
    wire += frame(0x80, {}) + frame(0x40U | code, second) + frame(0x80, {});
    std::string seen;
    for (auto piece = input.next_piece(); !piece.empty() && !wire.empty();
         piece = input.next_piece()) {
        const std::size_t size = std::min(piece.size(), wire.size());
        feed(fragments, std::string_view(wire).substr(0, size), seen);
        wire.erase(0, size);
    }
    feed(fragments, wire, seen);
    weir::fuzz::require(seen == expected, "the same messages for any split");
    weir::fuzz::require(fragments.state() == whole.state(), "the same state for any split");
}

void check_compressing(unsigned choice, std::string_view data) {
    auto sender = agreed(ws::role::server, choice);
    auto receiver = agreed(ws::role::client, choice);
    for (int i = 0; i < 2; ++i) {
        const auto small = sender.compress(weir::as_bytes(data), 1 + static_cast<int>(choice % 9));
        if (small.empty()) continue;
        weir::fuzz::require(small.size() < data.size(), "what is compressed is smaller");
        std::string wire(sender.frame_size(small.size()), '\0');
        sender.encode_message(ws::message_kind::binary, small.view(),
                              std::as_writable_bytes(std::span(wire)), ws::compressed_bit);
        std::string log;
        feed(receiver, wire, log);
        weir::fuzz::require(log == std::string(data) + "\n", "what was compressed comes back");
    }
}

void check_negotiating(std::string_view text) {
    weir::http::headers fields;
    if (!fields.add("Sec-WebSocket-Extensions", text)) return;
    static const auto options = ws::deflate_options().keep_send_context().send_window_bits(12);
    static_cast<void>(ws::check_deflate(fields, options));
    const auto answer = ws::accept_deflate(fields, options);
    if (!answer) return;
    weir::http::headers answered;
    weir::fuzz::require(answered.add("Sec-WebSocket-Extensions", answer->text()).has_value(),
                        "an answer is a valid field");
    weir::fuzz::require(answer->parameters().send_window_bits() <= 12, "within the options");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 5 || size > 60'000) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 5), size - 5);
    check_inflating(data[0], text, weir::fuzz::split_input(data + 1, size - 1));
    check_compressing(data[0], text);
    check_negotiating(text);
    return 0;
}
