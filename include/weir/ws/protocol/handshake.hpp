// SPDX-License-Identifier: Apache-2.0
// The opening handshake of RFC 6455 4, both sides, as functions of HTTP messages: a server turns a
// request into the 101 response or a refusal; a client makes the request and checks the response.
//
// Browsers let any page open a WebSocket to any host and send the cookies along, so the default is
// to serve only pages of the same origin (cross-site WebSocket hijacking; RFC 6455 10.2).
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/response.hpp>
#include <weir/ws/deflate/deflate_options.hpp>
#include <weir/ws/deflate/deflate_parameters.hpp>
#include <weir/ws/protocol/error.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::ws {

/// Whom a server accepts and which sub-protocol it speaks; a value, shared by all connections.
///
/// ```cpp
/// const auto rules = weir::ws::upgrade_rules().protocol("chat.v2").protocol("chat.v1");
/// ```
class upgrade_rules {
public:
    /// Picks one of the offered sub-protocols; empty = none, the connection goes on without.
    using protocol_choice =
        std::function<std::string_view(const std::vector<std::string_view>& offered)>;
    /// Whether a page of that origin may connect.
    using origin_check = std::function<bool(std::string_view origin, const http::request&)>;

    upgrade_rules() {}

    /// Adds a sub-protocol that is spoken; the first added that is offered is chosen.
    /// @param name  a token (RFC 9110 5.6.2).
    upgrade_rules& protocol(std::string name);
    /// Lets the application choose instead. An answer that was not offered counts as none.
    upgrade_rules& choose_protocol_with(protocol_choice choice);
    /// Refuses clients that offer no sub-protocol that is spoken.
    upgrade_rules& require_protocol();

    /// Adds an origin that may connect besides the same origin: "https://example.org".
    upgrade_rules& allow_origin(std::string origin);
    /// Decides about origins by the application; replaces the same-origin rule.
    upgrade_rules& allow_origin_if(origin_check check);
    /// Lets pages of every origin connect. Only for services that use no cookies or other
    /// credentials that a browser adds by itself.
    upgrade_rules& allow_any_origin();

    /// Adds a Host that is served: "example.org" or "example.org:8080", without case. With at
    /// least one, every other Host is refused (DNS rebinding); with none, every Host is served.
    upgrade_rules& allow_host(std::string host);

    [[nodiscard]] bool accepts_host(std::string_view host) const;
    [[nodiscard]] bool accepts_origin(std::string_view origin, const http::request& from) const;
    /// The sub-protocol to speak, one of `offered`; empty = none.
    [[nodiscard]] std::string_view choose(const std::vector<std::string_view>& offered) const;
    [[nodiscard]] bool requires_protocol() const noexcept { return requires_protocol_; }

private:
    std::vector<std::string> protocols_;
    std::vector<std::string> origins_;
    std::vector<std::string> hosts_;
    protocol_choice choice_;
    origin_check origin_check_;
    bool any_origin_ = false;
    bool requires_protocol_ = false;
};

/// A handshake that a server accepted.
class accepted_upgrade {
public:
    accepted_upgrade(http::response answer, std::string protocol)
        : answer_(std::move(answer)), protocol_(std::move(protocol)) {}

    /// The 101 response; a shell may add fields (cookies) before `response_bytes`.
    [[nodiscard]] http::response& answer() noexcept { return answer_; }
    /// The bytes to send before the first frame.
    [[nodiscard]] std::string response_bytes() const;
    /// The chosen sub-protocol; empty = none.
    [[nodiscard]] const std::string& protocol() const noexcept { return protocol_; }

private:
    http::response answer_;
    std::string protocol_;
};

/// A handshake that a server refused: which rule, and what to answer.
class refused_upgrade {
public:
    refused_upgrade(std::error_code error, http::response answer)
        : error_(error), answer_(std::move(answer)) {}

    /// A handshake_errc.
    [[nodiscard]] const std::error_code& error() const noexcept { return error_; }
    /// 400, 403, 405 or 426, with a line of text that names the rule.
    [[nodiscard]] http::response& answer() noexcept { return answer_; }
    /// The bytes to send before the connection is closed.
    [[nodiscard]] std::string response_bytes() const;

private:
    std::error_code error_;
    http::response answer_;
};

/// Checks an upgrade request by RFC 6455 4.2.1 and by `rules`, and makes the answer.
/// Errors: refused_upgrade, with the first rule that the request breaks.
[[nodiscard]] result<accepted_upgrade, refused_upgrade> accept_upgrade(const http::request& request,
                                                                       const upgrade_rules& rules);

/// The refusal of any request with `status`, for example 503 while the server is full.
[[nodiscard]] refused_upgrade refuse_upgrade(http::status status, std::error_code error,
                                             std::string_view text);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455 4.2.2, step 5.4): 28 characters.
[[nodiscard]] std::string accept_value(std::string_view key);

/// What both sides agreed on, as the client learns it.
class agreed_upgrade {
public:
    agreed_upgrade(std::string protocol, deflate_parameters deflate) noexcept
        : protocol_(std::move(protocol)), deflate_(deflate) {}

    /// The sub-protocol; empty = none.
    [[nodiscard]] const std::string& protocol() const noexcept { return protocol_; }
    [[nodiscard]] deflate_parameters deflate() const noexcept { return deflate_; }

private:
    std::string protocol_;
    deflate_parameters deflate_;
};

/// The client's side of one handshake; a value. Redirects and challenges are refusals.
///
/// ```cpp
/// weir::ws::client_handshake handshake("example.org", "/chat", key);
/// handshake.offer_protocol("chat.v2");
/// auto bytes = handshake.request_bytes();      // send them, parse the response, then
/// auto agreed = handshake.check(response);     // on what, or why not
/// ```
class client_handshake {
public:
    /// The random bytes of Sec-WebSocket-Key: fresh for each connection, from a CSPRNG.
    using nonce = std::array<std::byte, 16>;

    /// @param host    what stands in Host: with the port unless it is the scheme's default.
    /// @param target  path and query, begins with '/'.
    client_handshake(std::string host, std::string target, const nonce& random);

    /// Offers a sub-protocol, the preferred first.
    client_handshake& offer_protocol(std::string name);
    /// Offers compression.
    client_handshake& offer_deflate(const deflate_options& options);
    /// Adds a field: Origin, Authorization, Cookie ...
    client_handshake& header(std::string name, std::string value);

    /// The request to send.
    /// Errors: handshake_errc::request_field_malformed (a sub-protocol that is no token, a field of
    ///         the handshake itself), http::errc::bad_header_name, bad_header_value, bad_target.
    [[nodiscard]] result<std::string> request_bytes() const;

    /// Checks the server's response.
    /// Errors:  access_denied (401 or 403), status_not_101, upgrade_header_missing,
    ///          connection_header_missing, accept_mismatch, extension_not_offered,
    ///          deflate_answer_mismatch, protocol_not_offered.
    [[nodiscard]] result<agreed_upgrade> check(const http::response& response) const;

    [[nodiscard]] const std::string& key() const noexcept { return key_; }

private:
    std::string host_;
    std::string target_;
    std::string key_;
    std::vector<std::string> protocols_;
    std::optional<deflate_options> deflate_;
    std::vector<std::pair<std::string, std::string>> extra_;
};

static_assert(!std::is_aggregate_v<upgrade_rules> && !std::is_aggregate_v<client_handshake>);

}  // namespace weir::ws
