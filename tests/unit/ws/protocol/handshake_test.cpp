// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/handshake.hpp>

#include <boost/test/unit_test.hpp>

#include <weir/http/message/error.hpp>
#include <weir/http/message/request_parser.hpp>
#include <weir/http/message/response_parser.hpp>

#include <optional>

namespace http = weir::http;
namespace ws = weir::ws;
using ws::handshake_errc;

BOOST_AUTO_TEST_SUITE(handshake_test)

namespace {

using fields = std::vector<std::pair<std::string, std::string>>;

const fields good = {{"Host", "example.org"},
                     {"Upgrade", "websocket"},
                     {"Connection", "keep-alive, Upgrade"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"Sec-WebSocket-Version", "13"}};

http::request request_of(const fields& given, const std::string& method = "GET",
                         http::version version = http::version::http_1_1) {
    http::request made(method, "/chat", version);
    for (const auto& [name, value] : given) BOOST_REQUIRE(made.headers().add(name, value));
    return made;
}

fields with(fields given, const std::string& name, const std::string& value) {
    given.emplace_back(name, value);
    return given;
}

/// Sets the field of that name, or leaves it out.
fields changed(const std::string& name, std::optional<std::string> value) {
    fields given;
    for (const auto& field : good) {
        if (field.first != name) given.push_back(field);
    }
    if (value) given.emplace_back(name, *value);
    return given;
}

void check_refused(const http::request& request, handshake_errc error, http::status status,
                   const ws::upgrade_rules& rules = ws::upgrade_rules()) {
    auto outcome = ws::accept_upgrade(request, rules);
    BOOST_REQUIRE(!outcome);
    ws::refused_upgrade refused = std::move(outcome).error();
    BOOST_TEST(refused.error().message() == std::string(ws::describe(error)));
    BOOST_TEST(static_cast<int>(refused.answer().code()) == static_cast<int>(status));
    const std::string text = refused.response_bytes();
    BOOST_TEST(text.find(ws::describe(error)) != std::string::npos);
    BOOST_TEST(text.find("Connection: close\r\n") != std::string::npos);
}

bool accepts(const http::request& request, const ws::upgrade_rules& rules) {
    return ws::accept_upgrade(request, rules).has_value();
}

ws::client_handshake client() {
    ws::client_handshake::nonce random{};
    const std::string_view sample = "the sample nonce";
    std::copy_n(weir::as_bytes(sample).begin(), random.size(), random.begin());
    ws::client_handshake made("example.org", "/chat?room=1", random);
    made.offer_protocol("chat.v2").offer_protocol("chat.v1");
    return made;
}

http::response response_of(const fields& given,
                           http::status status = http::status::switching_protocols) {
    http::response made(status);
    for (const auto& [name, value] : given) BOOST_REQUIRE(made.headers().add(name, value));
    return made;
}

const fields good_answer = {{"Upgrade", "WebSocket"},
                            {"Connection", "upgrade"},
                            {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}};

void check_unfit(const fields& given, handshake_errc error) {
    const auto outcome = client().check(response_of(given));
    BOOST_REQUIRE(!outcome);
    BOOST_TEST(outcome.error().message() == std::string(ws::describe(error)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_accept_value_is_that_of_the_rfcs_example) {
    BOOST_TEST(ws::accept_value("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

BOOST_AUTO_TEST_CASE(a_correct_request_is_answered_with_101) {
    const auto outcome = ws::accept_upgrade(request_of(good), ws::upgrade_rules());
    BOOST_REQUIRE(outcome);
    BOOST_TEST(outcome->response_bytes() ==
               "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    BOOST_TEST(outcome->protocol().empty());
}

BOOST_AUTO_TEST_CASE(tokens_are_read_from_lists_without_case) {
    const auto given = with(changed("Upgrade", std::nullopt), "upgrade", "h2c , WebSocket");
    BOOST_TEST(accepts(request_of(given), ws::upgrade_rules()));
}

BOOST_AUTO_TEST_CASE(each_broken_rule_is_named_with_its_status) {
    using http::status;
    check_refused(request_of(good, "POST"), handshake_errc::method_not_get,
                  status::method_not_allowed);
    check_refused(request_of(good, "GET", http::version::http_1_0),
                  handshake_errc::version_not_http_1_1, status::http_version_not_supported);
    check_refused(request_of(changed("Host", std::nullopt)),
                  handshake_errc::host_missing_or_repeated, status::bad_request);
    check_refused(request_of(with(good, "Host", "example.org")),
                  handshake_errc::host_missing_or_repeated, status::bad_request);
    check_refused(request_of(changed("Upgrade", "h2c")), handshake_errc::upgrade_header_missing,
                  status::upgrade_required);
    check_refused(request_of(changed("Connection", "keep-alive")),
                  handshake_errc::connection_header_missing, status::bad_request);
    check_refused(request_of(changed("Sec-WebSocket-Version", "8")), handshake_errc::version_not_13,
                  status::upgrade_required);
    check_refused(request_of(with(good, "Sec-WebSocket-Version", "13")),
                  handshake_errc::version_not_13, status::upgrade_required);
    check_refused(request_of(changed("Sec-WebSocket-Key", std::nullopt)),
                  handshake_errc::key_missing_or_repeated, status::bad_request);
    check_refused(request_of(with(good, "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")),
                  handshake_errc::key_missing_or_repeated, status::bad_request);
    check_refused(request_of(with(good, "Content-Length", "5")), handshake_errc::body_not_allowed,
                  status::bad_request);
    check_refused(request_of(with(good, "Transfer-Encoding", "chunked")),
                  handshake_errc::body_not_allowed, status::bad_request);
    check_refused(request_of(with(good, "Sec-WebSocket-Protocol", "a b")),
                  handshake_errc::protocol_list_malformed, status::bad_request);
}

BOOST_AUTO_TEST_CASE(a_refused_version_tells_the_one_that_is_spoken) {
    auto outcome =
        ws::accept_upgrade(request_of(changed("Sec-WebSocket-Version", "8")), ws::upgrade_rules());
    BOOST_REQUIRE(!outcome);
    const std::string text = outcome.error().response_bytes();
    BOOST_TEST(text.starts_with("HTTP/1.1 426 Upgrade Required\r\n"));
    BOOST_TEST(text.find("\r\nSec-WebSocket-Version: 13\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_16_bytes_of_base64_is_refused) {
    for (const char* key : {"", "abc", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=A",
                            "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25j!Q==",
                            "dGhlIHNhbXBsZSBub25jZWE=", "dGhlIHNhbXBsZSBub25jZQ==AAAA"}) {
        check_refused(request_of(changed("Sec-WebSocket-Key", key)), handshake_errc::key_malformed,
                      http::status::bad_request);
    }
}

BOOST_AUTO_TEST_CASE(only_pages_of_the_same_origin_may_connect_by_default) {
    const auto from = [](const char* origin, const char* host) {
        return request_of(with(changed("Host", host), "Origin", origin));
    };
    const ws::upgrade_rules rules;
    BOOST_TEST(accepts(from("https://example.org", "example.org"), rules));
    BOOST_TEST(accepts(from("http://EXAMPLE.org:8080", "example.org:8080"), rules));
    BOOST_TEST(accepts(from("https://example.org", "example.org:443"), rules));
    BOOST_TEST(accepts(from("http://example.org:80", "example.org"), rules));
    for (const char* origin :
         {"https://evil.org", "null", "", "https://example.org:444", "https://example.org.evil.org",
          "https://evil.org/example.org", "https://evil@example.org", "example.org",
          "://example.org", "https://"}) {
        check_refused(from(origin, "example.org"), handshake_errc::origin_not_allowed,
                      http::status::forbidden);
    }
    check_refused(request_of(with(with(good, "Origin", "https://example.org"), "Origin",
                                  "https://example.org")),
                  handshake_errc::origin_not_allowed, http::status::forbidden);
}

BOOST_AUTO_TEST_CASE(other_origins_connect_only_when_they_are_let) {
    const auto foreign = request_of(with(good, "Origin", "https://app.example.net"));
    BOOST_TEST(accepts(foreign, ws::upgrade_rules().allow_any_origin()));
    BOOST_TEST(accepts(foreign, ws::upgrade_rules().allow_origin("https://app.example.net")));
    BOOST_TEST(!accepts(foreign, ws::upgrade_rules().allow_origin("https://other.example.net")));
    const auto yes = [](std::string_view origin, const http::request&) {
        return origin.ends_with(".net");
    };
    BOOST_TEST(accepts(foreign, ws::upgrade_rules().allow_origin_if(yes)));
    const auto same = request_of(with(good, "Origin", "https://example.org"));
    BOOST_TEST(!accepts(same, ws::upgrade_rules().allow_origin_if(yes)));
}

BOOST_AUTO_TEST_CASE(a_host_list_refuses_every_other_host) {
    const auto rules = ws::upgrade_rules().allow_host("Example.org").allow_host("localhost:1");
    BOOST_TEST(accepts(request_of(good), rules));
    check_refused(request_of(changed("Host", "rebound.evil.org")), handshake_errc::host_not_allowed,
                  http::status::forbidden, rules);
}

BOOST_AUTO_TEST_CASE(the_servers_favourite_among_the_offered_protocols_is_chosen) {
    const auto rules = ws::upgrade_rules().protocol("v3").protocol("v2").protocol("v1");
    const auto asks = request_of(
        with(with(good, "Sec-WebSocket-Protocol", "v1, other"), "Sec-WebSocket-Protocol", "v2"));
    const auto outcome = ws::accept_upgrade(asks, rules);
    BOOST_REQUIRE(outcome);
    BOOST_TEST(outcome->protocol() == "v2");
    BOOST_TEST(outcome->response_bytes().find("\r\nSec-WebSocket-Protocol: v2\r\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_protocol_that_was_not_offered_is_never_chosen) {
    const auto invent = [](const std::vector<std::string_view>&) {
        return std::string_view("invented");
    };
    const auto asks = request_of(with(good, "Sec-WebSocket-Protocol", "v1"));
    const auto outcome = ws::accept_upgrade(asks, ws::upgrade_rules().choose_protocol_with(invent));
    BOOST_REQUIRE(outcome);
    BOOST_TEST(outcome->protocol().empty());
    check_refused(asks, handshake_errc::protocol_required, http::status::bad_request,
                  ws::upgrade_rules().choose_protocol_with(invent).require_protocol());
    check_refused(request_of(good), handshake_errc::protocol_required, http::status::bad_request,
                  ws::upgrade_rules().protocol("v1").require_protocol());
}

BOOST_AUTO_TEST_CASE(what_the_client_asks_a_server_accepts_and_the_client_takes_the_answer) {
    auto handshake = client();
    handshake.header("Origin", "https://example.org").header("Cookie", "a=b");
    const auto text = handshake.request_bytes();
    BOOST_REQUIRE(text);
    http::request_parser parser{http::request_limits()};
    weir::bytes data = weir::as_bytes(*text);
    const auto action = parser.feed(data);
    BOOST_REQUIRE(action);
    BOOST_TEST((*action == http::parse_action::upgrade));
    const auto accepted =
        ws::accept_upgrade(parser.take(), ws::upgrade_rules().protocol("chat.v1"));
    BOOST_REQUIRE(accepted);
    http::response_parser answer_parser;
    const std::string answer = accepted->response_bytes() + "leftover";
    weir::bytes answer_data = weir::as_bytes(answer);
    BOOST_REQUIRE(answer_parser.feed(answer_data));
    BOOST_TEST(weir::as_text(answer_data) == "leftover");
    const auto agreed = handshake.check(answer_parser.take());
    BOOST_REQUIRE(agreed);
    BOOST_TEST(agreed->protocol() == "chat.v1");
}

BOOST_AUTO_TEST_CASE(a_client_refuses_every_answer_that_breaks_a_rule) {
    BOOST_TEST(client().check(response_of(good_answer)).has_value());
    BOOST_TEST((client().check(response_of(good_answer, http::status::ok)).error() ==
                handshake_errc::status_not_101));
    for (const auto status : {http::status::unauthorized, http::status::forbidden}) {
        BOOST_TEST((client().check(response_of(good_answer, status)).error() ==
                    handshake_errc::access_denied));
    }
    const auto without = [](const std::string& name) {
        fields left;
        for (const auto& field : good_answer) {
            if (field.first != name) left.push_back(field);
        }
        return left;
    };
    check_unfit(without("Upgrade"), handshake_errc::upgrade_header_missing);
    check_unfit(with(without("Upgrade"), "Upgrade", "h2c"), handshake_errc::upgrade_header_missing);
    check_unfit(without("Connection"), handshake_errc::connection_header_missing);
    check_unfit(without("Sec-WebSocket-Accept"), handshake_errc::accept_mismatch);
    check_unfit(with(without("Sec-WebSocket-Accept"), "Sec-WebSocket-Accept",
                     "S3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
                handshake_errc::accept_mismatch);
    check_unfit(with(good_answer, "Sec-WebSocket-Extensions", "permessage-deflate"),
                handshake_errc::extension_not_offered);
    check_unfit(with(good_answer, "Sec-WebSocket-Protocol", "chat.v3"),
                handshake_errc::protocol_not_offered);
    check_unfit(with(with(good_answer, "Sec-WebSocket-Protocol", "chat.v1"),
                     "Sec-WebSocket-Protocol", "chat.v2"),
                handshake_errc::protocol_not_offered);
}

BOOST_AUTO_TEST_CASE(a_client_lets_nothing_through_that_could_inject_a_header) {
    BOOST_TEST(!client().header("X", "a\r\nEvil: b").request_bytes());
    BOOST_TEST(!client().header("X\r\nEvil", "b").request_bytes());
    BOOST_TEST(!client().header("X", std::string("a\0b", 3)).request_bytes());
    BOOST_TEST(!client().header("Sec-WebSocket-Key", "x").request_bytes());
    BOOST_TEST(!client().header("host", "x").request_bytes());
    BOOST_TEST(!client().offer_protocol("a,b").request_bytes());
    const ws::client_handshake::nonce random{};
    BOOST_TEST(!ws::client_handshake("h\r\nEvil: x", "/", random).request_bytes());
    BOOST_TEST(!ws::client_handshake("h", "/ HTTP/1.1\r\nEvil: x", random).request_bytes());
    BOOST_TEST(!ws::client_handshake("h", "relative", random).request_bytes());
    BOOST_TEST(!ws::client_handshake("", "/", random).request_bytes());
}

BOOST_AUTO_TEST_CASE(any_status_can_refuse_an_upgrade) {
    auto refused = ws::refuse_upgrade(
        http::status::service_unavailable,
        std::make_error_code(std::errc::resource_unavailable_try_again), "max_connections");
    BOOST_TEST(refused.response_bytes().starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    BOOST_TEST(refused.response_bytes().ends_with("\r\n\r\nmax_connections\n"));
}

BOOST_AUTO_TEST_SUITE_END()
