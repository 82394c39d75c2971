// SPDX-License-Identifier: Apache-2.0
// connect: the client's side of the opening handshake.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/net/socket_options.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/tls/context.hpp>
#include <weir/ws/connection.hpp>
#include <weir/ws/connection_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::ws {

/// The parts of a `ws://` or `wss://` URL (RFC 6455 3).
class url {
public:
    /// Errors: invalid_argument (not `ws[s]://HOST[:PORT][/PATH][?QUERY]`, or with a fragment).
    [[nodiscard]] static result<url> parse(std::string_view text);

    /// The host without brackets.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// Path and query; begins with '/'.
    [[nodiscard]] const std::string& target() const noexcept { return target_; }
    /// Whether it is `wss://`: over TLS.
    [[nodiscard]] bool is_secure() const noexcept { return is_secure_; }
    /// What stands in the Host field: with brackets for IPv6, with the port unless it is the usual
    /// one: 80, with TLS 443.
    [[nodiscard]] std::string authority() const;

private:
    url() = default;

    std::string host_;
    std::string target_ = "/";
    std::uint16_t port_ = 80;
    bool is_secure_ = false;
};

/// What a client asks for and how its connection behaves; must outlive its connections.
class client_options {
public:
    client_options() {}

    connection_options connection;
    net::socket_options socket;
    /// For `wss://`; without one, those are trusted whom the system trusts.
    std::optional<tls::client_context> tls;
    /// Offered in this order; the server picks one or none.
    std::vector<std::string> protocols;
    /// Further fields of the request: Origin, Authorization, Cookie ...
    std::vector<std::pair<std::string, std::string>> headers;
};

/// Performs the client's handshake on a connected `socket`, within `handshake_timeout`: that of TLS
/// first when the URL is `wss://`.
///
/// @param options  borrowed as long as the connection lives.
/// Errors:         timed_out; those of tls::connect; every http::errc and handshake_errc;
///                 connection_aborted; those of the socket.
/// Cancellation:   the socket is closed.
/// Source:         RFC 6455 4.1.
[[nodiscard]] task<result<connection>> start_client(net::stream_socket socket, url where,
                                                    const client_options& options);

/// Resolves, connects and performs the handshake. `handshake_timeout` covers all of it.
///
/// @param options  borrowed as long as the connection lives.
/// Errors:         timed_out; those of resolving and connecting and of tls::connect; every
///                 http::errc and handshake_errc.
/// Cancellation:   whatever was begun is ended and closed.
[[nodiscard]] task<result<connection>> connect(url where, const client_options& options);

}  // namespace weir::ws
