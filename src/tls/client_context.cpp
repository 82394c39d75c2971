// SPDX-License-Identifier: Apache-2.0
#include "context_setup.hpp"
#include "context_state.hpp"

#include <new>

namespace weir::tls {
namespace {

int session_host_index() {
    static const int index = SSL_get_ex_new_index(
        0, nullptr, nullptr, nullptr, [](void*, void* host, CRYPTO_EX_DATA*, int, long, void*) {
            delete static_cast<std::string*>(host);
        });
    return index;
}

int keep_session(SSL* ssl, SSL_SESSION* session) {
    auto& state = *static_cast<client_context::state*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    const auto* host = static_cast<const std::string*>(SSL_get_ex_data(ssl, session_host_index()));
    if (host == nullptr || SSL_SESSION_is_resumable(session) != 1) return 0;
    state.sessions.keep(*host, ssl_session_ptr(session));
    return 1;  // it is ours now
}

}  // namespace

void set_session_host(SSL* ssl, const std::string& host) {
    auto kept = std::make_unique<std::string>(host);
    if (SSL_set_ex_data(ssl, session_host_index(), kept.get()) != 1) throw std::bad_alloc();
    static_cast<void>(kept.release());
}

result<void, configuration_error> client_context::state::prepare() {
    auto made = make_strict_context(TLS_client_method(), options.min_version, options.max_version);
    if (!made) return fail(made.error());
    context = std::move(*made);
    SSL_CTX_set_app_data(context.get(), this);
    if (options.dangerously_accepts_any_certificate) {
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    } else {
        if (auto trusted = believe(context.get(), options.trusted); !trusted) return trusted;
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    }
    if (options.own) {
        if (auto shown = show_certificate(context.get(), *options.own); !shown) return shown;
    }
    auto protocols = encode_protocols(options.protocols);
    if (!protocols) return fail(protocols.error());
    if (!protocols->empty() &&
        SSL_CTX_set_alpn_protos(context.get(),
                                reinterpret_cast<const unsigned char*>(protocols->data()),
                                static_cast<unsigned>(protocols->size())) != 0) {
        throw std::bad_alloc();
    }
    if (options.max_sessions == 0) {
        SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    } else {
        SSL_CTX_set_session_cache_mode(context.get(),
                                       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context.get(), &keep_session);
    }
    return {};
}

result<client_context, configuration_error> client_context::make(client_options options) {
    auto made = std::make_shared<state>(std::move(options));
    auto prepared = made->prepare();
    if (!prepared) return fail(prepared.error());
    return client_context(std::move(made));
}

}  // namespace weir::tls
