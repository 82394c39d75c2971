// SPDX-License-Identifier: Apache-2.0
// Property: a header, its error and what follows it do not depend on how the bytes are split, and
// what was understood is written so that it is understood again.
#include <weir/net/proxy_header.hpp>

#include <string>

#include "fuzz_split.hpp"

namespace {

namespace net = weir::net;

std::string shown(const net::proxy_header& header) {
    if (!header.source()) return "own";
    return header.source()->to_string() + ">" + header.destination()->to_string();
}

/// Feeds one piece; false when nothing more may be fed.
bool feed(net::proxy_header_parser& parser, std::string_view piece, std::string& log,
          std::size_t& taken) {
    weir::bytes data = weir::as_bytes(piece);
    const auto action = parser.feed(data);
    taken += piece.size() - data.size();
    if (!action) {
        log = action.error().message();
        return false;
    }
    if (*action == net::proxy_action::need_data) return true;
    log = shown(parser.header());
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    weir::fuzz::split_input input(data, size);
    net::proxy_header_parser whole;
    std::string expected;
    std::size_t expected_taken = 0;
    feed(whole, input.whole(), expected, expected_taken);

    net::proxy_header_parser pieces;
    std::string seen;
    std::size_t taken = 0;
    for (auto piece = input.next_piece(); !piece.empty(); piece = input.next_piece()) {
        if (!feed(pieces, piece, seen, taken)) break;
    }
    weir::fuzz::require(seen == expected, "the same header for any split");
    weir::fuzz::require(taken == expected_taken, "the same left-over bytes");

    const std::string written = net::serialize_v2(whole.header());
    net::proxy_header_parser again;
    weir::bytes rest = weir::as_bytes(written);
    const auto action = again.feed(rest);
    weir::fuzz::require(action && rest.empty(), "what is written is a header");
    weir::fuzz::require(shown(again.header()) == shown(whole.header()), "the same ends");
    return 0;
}
