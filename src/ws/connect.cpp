// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/connect.hpp>

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/http/message/response_parser.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/connect.hpp>
#include <weir/tls/handshake.hpp>
#include <weir/ws/deflate/deflate_agreement.hpp>
#include <weir/ws/protocol/handshake.hpp>
#include <weir/ws/protocol/mask_key_source.hpp>

#include <optional>
#include <utility>

#include "http/message/uri_reference.hpp"

namespace weir::ws {

namespace {

client_handshake::nonce fresh_nonce() {
    client_handshake::nonce random{};
    mask_key_source::fill_from_kernel(random);
    return random;
}

client_handshake make_handshake(const url& where, const client_options& options,
                                const std::optional<deflate_options>& offer) {
    client_handshake handshake(where.authority(), where.target(), fresh_nonce());
    if (offer) handshake.offer_deflate(*offer);
    for (const std::string& name : options.protocols) handshake.offer_protocol(name);
    for (const auto& [name, value] : options.headers) handshake.header(name, value);
    return handshake;
}

/// For those who say nothing of whom they trust.
const tls::client_context& usual_tls() {
    static const tls::client_context usual = [] {
        tls::client_options options;
        options.protocols = {"http/1.1"};
        auto made = tls::client_context::make(std::move(options));
        WEIR_ASSERT(made.has_value(), "the system's trusted certificates cannot be read");
        return *made;
    }();
    return usual;
}

/// Sets the room aside that an offer may lead to; offers less where there is not so much.
deflate_agreement make_room_for(std::optional<deflate_options>& offer) {
    if (!offer) return {};
    auto room = deflate_agreement::make(offer->at_most());
    if (room) return std::move(*room);
    offer = offer->without_context();
    return {};
}

task<result<connection>> shake_hands(net::stream_socket socket, url where,
                                     const client_options& options) {
    if (where.is_secure()) {
        auto handshake =
            tls::connect(socket, options.tls ? *options.tls : usual_tls(), where.host());
        const auto info = co_await std::move(handshake);
        if (!info) co_return fail(info.error());
    }
    std::optional<deflate_options> offer = options.connection.deflate;
    deflate_agreement deflate = make_room_for(offer);
    const client_handshake handshake = make_handshake(where, options, offer);
    const result<std::string> request = handshake.request_bytes();
    if (!request) co_return fail(request.error());
    if (auto sent = co_await socket.send_copy(as_bytes(*request)); !sent) {
        co_return fail(sent.error());
    }
    http::response_parser parser;
    for (;;) {
        auto chunk = co_await socket.receive();
        if (!chunk) co_return fail(chunk.error());
        if (chunk->empty()) co_return fail(std::errc::connection_aborted);
        bytes rest = chunk->data();
        const result<http::parse_action> action = parser.feed(rest);
        if (!action) co_return fail(action.error());
        chunk->narrow(chunk->data().last(rest.size()));
        if (*action == http::parse_action::need_data) continue;
        const result<agreed_upgrade> agreed = handshake.check(parser.take());
        if (!agreed) co_return fail(agreed.error());
        deflate.narrow_to(agreed->deflate());
        connection open(std::move(socket), role::client, options.connection, std::move(*chunk),
                        std::move(deflate));
        if (!agreed->protocol().empty()) open.set_protocol(agreed->protocol());
        co_return open;
    }
}

task<result<connection>> connect_and_shake_hands(url where, const client_options& options) {
    net::connect_options dialing;
    dialing.socket = options.socket;
    auto socket = co_await net::connect_to(where.host(), where.port(), dialing);
    if (!socket) co_return fail(socket.error());
    co_return co_await shake_hands(std::move(*socket), std::move(where), options);
}

std::uint16_t usual_port(bool is_secure) noexcept { return is_secure ? 443 : 80; }

}  // namespace

result<url> url::parse(std::string_view text) {
    const http::uri_reference parts(text);
    const std::string_view scheme = parts.scheme.value_or("");
    url made;
    made.is_secure_ = http::equal_ignoring_case(scheme, "wss");
    const bool is_ours = made.is_secure_ || http::equal_ignoring_case(scheme, "ws");
    // RFC 6455 3: a fragment means nothing here and must not be used.
    if (!is_ours || !parts.authority || parts.fragment) return fail(std::errc::invalid_argument);
    auto authority = http::uri_authority::parse(*parts.authority);
    if (!authority) return fail(authority.error());
    made.host_ = std::move(authority->host);
    made.port_ = authority->port.value_or(usual_port(made.is_secure_));
    if (!parts.path.empty()) made.target_ = parts.path;
    if (parts.query) made.target_.append("?").append(*parts.query);
    return made;
}

std::string url::authority() const {
    return http::authority_text(host_, port_, usual_port(is_secure_));
}

task<result<connection>> start_client(net::stream_socket socket, url where,
                                      const client_options& options) {
    const std::chrono::nanoseconds limit = options.connection.handshake_timeout;
    co_return co_await with_timeout(limit,
                                    shake_hands(std::move(socket), std::move(where), options));
}

task<result<connection>> connect(url where, const client_options& options) {
    const std::chrono::nanoseconds limit = options.connection.handshake_timeout;
    co_return co_await with_timeout(limit, connect_and_shake_hands(std::move(where), options));
}

}  // namespace weir::ws
