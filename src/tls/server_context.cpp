// SPDX-License-Identifier: Apache-2.0
#include "context_setup.hpp"
#include "context_state.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace weir::tls {
namespace {

using server_state = server_context::state;

server_state& state_of(SSL* ssl) noexcept {
    return *static_cast<server_state*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
}

/// Chooses the certificate by the host that the client asks for.
int choose_certificate(SSL* ssl, int*, void* shown) {
    const char* host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (host == nullptr) return SSL_TLSEXT_ERR_NOACK;
    std::string name(host);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    SSL_CTX* found = static_cast<const certificate_set*>(shown)->find(name);
    if (found != nullptr) SSL_set_SSL_CTX(ssl, found);
    return SSL_TLSEXT_ERR_OK;
}

int choose_protocol(SSL* ssl, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    const std::string& ours = state_of(ssl).wire_protocols;
    unsigned char* chosen = nullptr;
    const int outcome = SSL_select_next_proto(
        &chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
        static_cast<unsigned>(ours.size()), offered, offered_size);
    if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, int seals) {
    ticket_keys& keys = state_of(ssl).keys;
    return seals == 1 ? keys.seal(name, iv, cipher, mac) : keys.open(name, iv, cipher, mac);
}

/// A ticket must not outlive the certificate that its client has shown.
SSL_TICKET_RETURN judge_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t,
                               SSL_TICKET_STATUS status, void*) {
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    const X509* shown = session == nullptr ? nullptr : SSL_SESSION_get0_peer(session);
    const bool is_over = shown != nullptr && X509_cmp_current_time(X509_get0_notAfter(shown)) <= 0;
    if (is_over) return SSL_TICKET_RETURN_IGNORE_RENEW;
    // A client shows each ticket once (RFC 8446 C.4): one that gets no other comes to an end of
    // them.
    if (SSL_version(ssl) == TLS1_3_VERSION) return SSL_TICKET_RETURN_USE_RENEW;
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

}  // namespace

SSL_CTX* certificate_set::find(std::string_view host) const noexcept {
    const auto found = std::find_if(all.begin(), all.end(), [host](const shown& each) {
        return each.own.loaded().is_for(host);
    });
    return found == all.end() ? nullptr : found->context.get();
}

server_context::state::state(server_options given)
    : options(std::move(given)), keys(std::max(options.ticket_lifetime, std::chrono::seconds(1))) {}

std::shared_ptr<const certificate_set> server_context::state::current() const {
    const std::lock_guard lock(mutex_);
    return current_;
}

result<ssl_ctx_ptr, configuration_error> server_context::state::make_context(
    const certificate& own) {
    auto made = make_strict_context(TLS_server_method(), options.min_version, options.max_version);
    if (!made) return made;
    SSL_CTX* context = made->get();
    SSL_CTX_set_app_data(context, this);
    if (options.clients != client_certificates::not_asked) {
        if (!options.client_trust) {
            return fail(configuration_error(
                "clients are asked for certificates, but client_trust names nobody to sign them"));
        }
        if (auto trusted = believe(context, *options.client_trust); !trusted) {
            return fail(trusted.error());
        }
        const bool is_required = options.clients == client_certificates::required;
        SSL_CTX_set_verify(context,
                           SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                           nullptr);
    }
    if (auto shown = show_certificate(context, own); !shown) return fail(shown.error());
    if (!wire_protocols.empty()) SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
    static constexpr unsigned char session_context[] = "weir";
    SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets are enough
    if (options.ticket_lifetime.count() == 0) {
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(context, 0);
    } else {
        SSL_CTX_set_timeout(context, static_cast<long>(options.ticket_lifetime.count()));
        SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &use_ticket_key);
        SSL_CTX_set_session_ticket_cb(context, nullptr, &judge_ticket, nullptr);
    }
    return made;
}

result<void, configuration_error> server_context::state::show(
    std::vector<certificate> certificates) {
    if (certificates.empty()) return fail(configuration_error("a server needs a certificate"));
    auto next = std::make_shared<certificate_set>();
    for (certificate& each : certificates) {
        auto context = make_context(each);
        if (!context) return fail(context.error());
        SSL_CTX_set_tlsext_servername_callback(context->get(), &choose_certificate);
        SSL_CTX_set_tlsext_servername_arg(context->get(), next.get());
        next->all.emplace_back(std::move(each), std::move(*context));
    }
    const std::lock_guard lock(mutex_);
    current_ = std::move(next);
    return {};
}

result<server_context, configuration_error> server_context::make(server_options options) {
    auto protocols = encode_protocols(options.protocols);
    if (!protocols) return fail(protocols.error());
    constexpr std::chrono::hours longest{7 * 24};  // RFC 8446 4.6.1
    if (options.ticket_lifetime.count() < 0 || options.ticket_lifetime > longest) {
        return fail(configuration_error("ticket_lifetime is negative or longer than 7 days"));
    }
    auto made = std::make_shared<state>(std::move(options));
    made->wire_protocols = std::move(*protocols);
    auto shown = made->show(std::move(made->options.certificates));
    if (!shown) return fail(shown.error());
    return server_context(std::move(made));
}

result<void, configuration_error> server_context::replace_certificates(
    std::vector<certificate> certificates) {
    return state_->show(std::move(certificates));
}

}  // namespace weir::tls
