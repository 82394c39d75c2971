// SPDX-License-Identifier: Apache-2.0
// Properties: every request gets a 101 or a refusal that parses as a response; a 101 passes the
// check of the client that could have asked; no answer of a server makes the client crash.
#include <weir/http/message/request_parser.hpp>
#include <weir/http/message/response_parser.hpp>
#include <weir/ws/protocol/handshake.hpp>

#include <string>

#include "fuzz_split.hpp"

namespace {

namespace http = weir::http;
namespace ws = weir::ws;

http::status status_of(const std::string& answer) {
    http::response_parser parser;
    weir::bytes data = weir::as_bytes(answer);
    const auto action = parser.feed(data);
    weir::fuzz::require(action && *action != http::parse_action::need_data,
                        "an answer is a response");
    return parser.take().code();
}

void check_server(std::string_view text) {
    static const auto rules =
        ws::upgrade_rules().protocol("chat.v2").protocol("chat.v1").allow_origin("https://b.org");
    http::request_parser parser{http::request_limits()};
    weir::bytes data = weir::as_bytes(text);
    const auto action = parser.feed(data);
    if (!action || *action == http::parse_action::need_data) return;
    auto outcome = ws::accept_upgrade(parser.take(), rules);
    if (outcome) {
        weir::fuzz::require(
            status_of(outcome->response_bytes()) == http::status::switching_protocols,
            "an accepted upgrade is answered with 101");
        return;
    }
    weir::fuzz::require(status_of(outcome.error().response_bytes()) >= http::status::bad_request,
                        "a refused upgrade is answered with an error");
}

void check_client(std::string_view text) {
    http::response_parser parser;
    weir::bytes data = weir::as_bytes(text);
    const auto action = parser.feed(data);
    if (!action || *action == http::parse_action::need_data) return;
    ws::client_handshake handshake("example.org", "/", ws::client_handshake::nonce());
    handshake.offer_protocol("chat.v1");
    const auto agreed = handshake.check(parser.take());
    weir::fuzz::require(!agreed || agreed->protocol().empty() || agreed->protocol() == "chat.v1",
                        "only an offered sub-protocol is agreed on");
}

void check_own_request(std::string_view text) {
    ws::client_handshake handshake(std::string(text.substr(0, text.find('|'))), "/",
                                   ws::client_handshake::nonce());
    const std::size_t bar = text.find('|');
    if (bar != std::string_view::npos) handshake.header("X", std::string(text.substr(bar + 1)));
    const auto sent = handshake.request_bytes();
    if (!sent) return;
    std::size_t lines = 0;
    for (const char c : *sent) lines += c == '\n' ? 1 : 0;
    weir::fuzz::require(lines == (bar == std::string_view::npos ? 7U : 8U),
                        "no field can add a line to the request");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_server(text);
    check_client(text);
    check_own_request(text);
    return 0;
}
