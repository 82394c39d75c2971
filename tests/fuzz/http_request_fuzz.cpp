// SPDX-License-Identifier: Apache-2.0
// Property: requests, errors and left-over bytes do not depend on how the bytes are split.
#include <weir/http/message/request_parser.hpp>

#include <string>

#include "fuzz_split.hpp"

namespace {

namespace http = weir::http;

void log_request(const http::request& one, std::string& log) {
    log.append(one.method()).append(" ").append(one.target()).append(" ");
    for (std::size_t i = 0; i < one.headers().size(); ++i) {
        const http::header_field field = one.headers()[i];
        log.append(field.name()).append("=").append(field.value()).append(";");
    }
    log.append(one.body()).append("\n");
}

/// Feeds one piece; false when nothing more may be fed.
bool feed(http::request_parser& parser, std::string_view piece, std::string& log,
          std::size_t& taken) {
    weir::bytes data = weir::as_bytes(piece);
    while (!data.empty()) {
        const std::size_t before = data.size();
        const auto action = parser.feed(data);
        if (!action) {
            log.append("error ").append(action.error().message());
            return false;
        }
        taken += before - data.size();
        if (*action == http::parse_action::need_data) continue;
        log_request(parser.take(), log);
        if (*action == http::parse_action::upgrade) return false;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    weir::fuzz::split_input input(data, size);
    const auto limits = http::request_limits()
                            .max_request_line_bytes(200)
                            .max_headers_bytes(400)
                            .max_header_count(10)
                            .max_body_bytes(100);
    http::request_parser whole(limits);
    std::string expected;
    std::size_t expected_taken = 0;
    const bool goes_on = feed(whole, input.whole(), expected, expected_taken);

    http::request_parser pieces(limits);
    std::string seen;
    std::size_t taken = 0;
    bool still = true;
    for (auto piece = input.next_piece(); still && !piece.empty(); piece = input.next_piece()) {
        still = feed(pieces, piece, seen, taken);
    }
    weir::fuzz::require(seen == expected, "the same requests for any split");
    weir::fuzz::require(still == goes_on, "the same end for any split");
    const bool is_error = expected.find("error ") != std::string::npos;
    weir::fuzz::require(is_error || taken == expected_taken, "the same left-over bytes");
    return 0;
}
