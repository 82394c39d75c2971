// SPDX-License-Identifier: Apache-2.0
// Connected streams that speak TLS, for tests.
#pragma once

#include "certificates.hpp"
#include "streams.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/tls/handshake.hpp>

#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace weir::test {

[[nodiscard]] inline tls::server_context must_serve(tls::server_options options) {
    auto made = tls::server_context::make(std::move(options));
    if (!made) throw std::runtime_error(made.error().what());
    return *made;
}
[[nodiscard]] inline tls::client_context must_trust(tls::client_options options) {
    auto made = tls::client_context::make(std::move(options));
    if (!made) throw std::runtime_error(made.error().what());
    return *made;
}

/// The authority of all tests.
[[nodiscard]] inline const certificate_authority& test_authority() {
    static const certificate_authority authority;
    return authority;
}
[[nodiscard]] inline tls::client_options trusting_options() {
    tls::client_options options;
    options.trusted = tls::trust::only(test_authority().pem());
    return options;
}
[[nodiscard]] inline tls::server_options serving_options(const std::string& host = "localhost") {
    return tls::server_options(test_authority().issue(wanted_certificate(host)).loaded());
}

/// What became of both sides of a handshake.
class shaken_hands {
public:
    explicit shaken_hands(stream_pair<net::tcp_socket> ends, result<tls::connection_info> client_,
                          result<tls::connection_info> server_)
        : sockets(std::move(ends)), client(std::move(client_)), server(std::move(server_)) {}

    stream_pair<net::tcp_socket> sockets;  ///< a = the client's
    result<tls::connection_info> client;
    result<tls::connection_info> server;
};

[[nodiscard]] inline task<shaken_hands> shake_hands(tls::client_context client,
                                                    tls::server_context server,
                                                    std::string host = "localhost") {
    auto pair = co_await tcp_streams::connect();
    auto both =
        when_all(tls::connect(pair.a, client, std::move(host)), tls::accept(pair.b, server));
    auto outcome = co_await both;
    co_return shaken_hands(std::move(pair), std::move(std::get<0>(outcome)),
                           std::move(std::get<1>(outcome)));
}

/// Pairs over TLS over TCP, of one version.
template <tls::version Version>
class tls_streams {
public:
    using stream = net::tcp_socket;
    [[nodiscard]] static task<stream_pair<stream>> connect(net::socket_options = {}) {
        static const tls::server_context server = must_serve(serving_options());
        static const tls::client_context client = [] {
            tls::client_options options = trusting_options();
            options.min_version = Version;
            options.max_version = Version;
            options.max_sessions = 0;  // what stays in memory would pass for a leak
            return must_trust(std::move(options));
        }();
        auto both = co_await shake_hands(client, server);
        must(std::move(both.client));
        must(std::move(both.server));
        co_return std::move(both.sockets);
    }
};

}  // namespace weir::test
