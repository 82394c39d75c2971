// SPDX-License-Identifier: Apache-2.0
#include <weir/tls/handshake.hpp>

#include "context_state.hpp"
#include "session_layer.hpp"

#include <weir/base/assert.hpp>
#include <weir/io/phase_ledger.hpp>
#include <weir/io/timeout.hpp>
#include <weir/io/within.hpp>
#include <weir/net/detail/progress_awaiter.hpp>

#include <openssl/x509v3.h>

#include <memory>
#include <new>
#include <utility>

namespace weir::tls {
namespace {

ssl_ptr make_ssl(SSL_CTX* context) {
    ssl_ptr made(SSL_new(context));
    if (made == nullptr) throw std::bad_alloc();
    return made;
}

std::string subject_of(X509* certificate) {
    const bio_ptr text(BIO_new(BIO_s_mem()));
    if (text == nullptr) throw std::bad_alloc();
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char* begin = nullptr;
    const long size = BIO_get_mem_data(text.get(), &begin);
    return std::string(begin, static_cast<std::size_t>(size));
}

connection_info info_of(SSL* ssl) {
    connection_info info;
    info.version = SSL_version(ssl) == TLS1_3_VERSION ? version::tls_1_3 : version::tls_1_2;
    info.cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl));
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &protocol, &size);
    info.protocol.assign(reinterpret_cast<const char*>(protocol), size);
    if (const char* host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) info.host = host;
    info.is_resumed = SSL_session_reused(ssl) == 1;
    X509* peer = SSL_get0_peer_certificate(ssl);
    const bool is_verified = (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0;
    if (peer != nullptr && is_verified) info.peer_subject = subject_of(peer);
    return info;
}

/// Speaks until both ends have agreed. What the peer sent behind that is put back.
task<result<void>> shake_hands(net::detail::stream_core& core, engine& with) {
    sender_output out(core.sender());
    buffer_lease arrived;
    for (;;) {
        switch (with.shake_hands(out)) {
            case engine::step::done:
                arrived.narrow(arrived.data().last(with.unread_wire().size()));
                if (!arrived.empty()) core.receiver().put_back(std::move(arrived));
                co_return {};
            case engine::step::failed:
                co_return fail(with.error());
            case engine::step::closed:
                co_return fail(make_error_code(errc::truncated));
            case engine::step::needs_wire:
            case engine::step::needs_room:
                break;
        }
        arrived.reset();
        auto got = co_await net::stream_socket::receive_awaiter(core.receiver());
        if (!got) co_return fail(got.error());
        if (got->empty()) co_return fail(make_error_code(errc::truncated));
        arrived = std::move(*got);
        with.feed(arrived.data());
    }
}

/// The lightest that can go on with what `shaken` has agreed on.
std::unique_ptr<net::detail::record_layer> layer_of(std::unique_ptr<engine> shaken,
                                                    std::shared_ptr<const void> shared,
                                                    net::detail::sender& to, bool kernel_tls) {
    if (auto light = record_engine::take_over(*shaken)) {
        light->feed({});  // what is left of the wire was put back
        return std::make_unique<session_layer<record_engine>>(std::move(light), nullptr, to,
                                                              kernel_tls);
    }
    shaken->forget_secrets();
    return std::make_unique<session_layer<engine>>(std::move(shaken), std::move(shared), to);
}

task<result<connection_info>> put_over(net::stream_socket& socket, ssl_ptr ssl,
                                       std::shared_ptr<const void> shared, bool kernel_tls) {
    net::detail::stream_core& core = socket.core();  // the handle may move while we wait
    WEIR_ASSERT(core.sender().layer() == nullptr, "a socket that speaks TLS was to begin anew");
    // What was said before the handshake, as "go ahead" to a STARTTLS, is no part of it.
    while (!core.sender().has_sent_all()) {
        const result<void> progress = co_await net::detail::progress_awaiter(core.sender());
        if (!progress) co_return fail(progress.error());
    }
    auto with = std::make_unique<engine>(std::move(ssl));
    auto shaking = shake_hands(core, *with);
    const result<void> shaken = co_await std::move(shaking);
    if (!shaken) co_return fail(shaken.error());
    connection_info info = info_of(with->native());
    core.set_layer(layer_of(std::move(with), std::move(shared), core.sender(), kernel_tls));
    co_return info;
}

/// Certificates know neither the dot at the end of a name nor the brackets around an address.
std::string as_in_certificates(std::string host) {
    if (host.size() > 1 && host.ends_with('.')) host.pop_back();
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return host;
}

bool is_address(const std::string& host) {
    const std::unique_ptr<ASN1_OCTET_STRING, openssl_free<ASN1_OCTET_STRING_free>> parsed(
        a2i_IPADDRESS(host.c_str()));
    return parsed != nullptr;
}

/// Has `ssl` demand a certificate for `host`, and name it to the server. False = no such host.
bool expect_host(SSL* ssl, const std::string& host) {
    X509_VERIFY_PARAM* checks = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(
        checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    // OpenSSL would take a dot in front for all names below.
    if (host.empty() || host.front() == '.') return false;
    if (host.find('\0') != std::string::npos) return false;
    if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) == 1;
    return SSL_set1_host(ssl, host.c_str()) == 1 &&
           SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

}  // namespace

task<result<connection_info>> accept(net::stream_socket& socket, server_context context) {
    const std::shared_ptr<const certificate_set> shown = context.shared()->current();
    server_context::state& state = *context.shared();
    state.keys.renew(reactor::current().now());
    ssl_ptr ssl = make_ssl(shown->first());
    SSL_set_accept_state(ssl.get());
    auto handshake = put_over(socket, std::move(ssl), context.shared(), state.options.kernel_tls);
    auto phased = phase("tls", std::move(handshake));
    co_return co_await with_timeout(state.options.handshake_timeout, std::move(phased));
}

namespace {

task<result<void>> accept_only(net::stream_socket& socket, server_context context) {
    auto accepting = accept(socket, std::move(context));
    const auto info = co_await std::move(accepting);
    if (!info) co_return fail(info.error());
    co_return {};
}

}  // namespace

std::function<task<result<void>>(net::stream_socket&)> acceptance(server_context context) {
    return [context = std::move(context)](net::stream_socket& socket) {
        return accept_only(socket, context);
    };
}

task<result<connection_info>> connect(net::stream_socket& socket, client_context context,
                                      std::string host) {
    host = as_in_certificates(std::move(host));
    client_context::state& state = *context.shared();
    ssl_ptr ssl = make_ssl(state.context.get());
    SSL_set_connect_state(ssl.get());
    if (!expect_host(ssl.get(), host)) co_return fail(std::errc::invalid_argument);
    if (state.options.max_sessions > 0) {
        set_session_host(ssl.get(), host);
        ssl_session_ptr session = state.sessions.take(host);
        if (session != nullptr) {
            SSL_set_session(ssl.get(), session.get());
            // In TLS 1.2 a session is good for many connections, and brings no new one.
            const bool is_reusable =
                SSL_SESSION_get_protocol_version(session.get()) == TLS1_2_VERSION;
            if (is_reusable) state.sessions.keep(host, std::move(session));
        }
    }
    auto handshake = put_over(socket, std::move(ssl), context.shared(), false);
    auto phased = phase("tls", std::move(handshake));
    co_return co_await with_timeout(state.options.handshake_timeout, std::move(phased));
}

task<result<connection>> connect_to(std::string host, std::uint16_t port, client_context context,
                                    net::connect_options options) {
    auto connecting = net::connect_to(host, port, std::move(options));
    result<net::tcp_socket> socket = co_await std::move(connecting);
    if (!socket) co_return fail(socket.error());
    auto handshake = connect(*socket, std::move(context), std::move(host));
    result<connection_info> info = co_await std::move(handshake);
    if (!info) co_return fail(info.error());
    co_return connection(std::move(*socket), std::move(*info));
}

}  // namespace weir::tls
