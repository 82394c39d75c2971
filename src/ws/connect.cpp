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

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

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

bool starts_with_scheme(std::string_view text, std::string_view scheme) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    const auto is_same = [&](char a, char b) { return lower(a) == b; };
    return std::ranges::equal(text.substr(0, scheme.size()), scheme, is_same);
}

}  // namespace

result<url> url::parse(std::string_view text) {
    url made;
    made.is_secure_ = starts_with_scheme(text, "wss://");
    if (!made.is_secure_ && !starts_with_scheme(text, "ws://")) {
        return fail(std::errc::invalid_argument);
    }
    made.port_ = usual_port(made.is_secure_);
    text.remove_prefix(made.is_secure_ ? 6 : 5);
    const auto slash = text.find_first_of("/?#");
    std::string_view authority = text.substr(0, slash);
    if (slash != std::string_view::npos) {
        const std::string_view target = text.substr(slash);
        // RFC 6455 3: a fragment means nothing here and must not be used.
        if (target.find('#') != std::string_view::npos) return fail(std::errc::invalid_argument);
        if (target.front() == '/') made.target_.clear();
        made.target_ += target;
    }
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        const std::string_view port = authority.substr(colon + 1);
        const auto [end, error] =
            std::from_chars(port.data(), port.data() + port.size(), made.port_);
        if (error != std::errc() || end != port.data() + port.size() || made.port_ == 0) {
            return fail(std::errc::invalid_argument);
        }
        authority = authority.substr(0, colon);
    }
    if (authority.starts_with('[') && authority.ends_with(']')) {
        authority = authority.substr(1, authority.size() - 2);
    }
    if (authority.empty() || authority.find_first_of("@[] ") != std::string_view::npos) {
        return fail(std::errc::invalid_argument);
    }
    made.host_ = authority;
    return made;
}

std::string url::authority() const {
    std::string text = host_.find(':') == std::string::npos ? host_ : '[' + host_ + ']';
    if (port_ != usual_port(is_secure_)) text += ':' + std::to_string(port_);
    return text;
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
