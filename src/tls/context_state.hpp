// SPDX-License-Identifier: Apache-2.0
// What contexts hold: OpenSSL's contexts, one for each certificate of a server, and what outlives
// a change of certificates.
#pragma once

#include "certificate_state.hpp"
#include "openssl.hpp"
#include "session_store.hpp"
#include "ticket_keys.hpp"

#include <weir/tls/context.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace weir::tls {

/// The certificates that a server shows at one time. Immutable.
class certificate_set {
public:
    class shown {
    public:
        explicit shown(certificate of, ssl_ctx_ptr with) noexcept
            : own(std::move(of)), context(std::move(with)) {}
        certificate own;
        ssl_ctx_ptr context;
    };

    std::vector<shown> all;

    [[nodiscard]] SSL_CTX* first() const noexcept { return all.front().context.get(); }
    /// The one for `host`, in lower case; null = none is.
    [[nodiscard]] SSL_CTX* find(std::string_view host) const noexcept;
};

class server_context::state {
public:
    explicit state(server_options given);

    /// Those that new connections are shown.
    [[nodiscard]] std::shared_ptr<const certificate_set> current() const;
    /// Errors: a `configuration_error`.
    [[nodiscard]] result<void, configuration_error> show(std::vector<certificate> certificates);

    server_options options;
    ticket_keys keys;
    std::string wire_protocols;  ///< as ALPN sends them

private:
    [[nodiscard]] result<ssl_ctx_ptr, configuration_error> make_context(const certificate& own);

    mutable std::mutex mutex_;
    std::shared_ptr<const certificate_set> current_;
};

class client_context::state {
public:
    explicit state(client_options given)
        : options(std::move(given)), sessions(options.max_sessions) {}

    /// Errors: a `configuration_error`.
    [[nodiscard]] result<void, configuration_error> prepare();

    client_options options;
    session_store sessions;
    ssl_ctx_ptr context;
};

/// Remembers under which name the sessions of `ssl` are kept. Throws std::bad_alloc.
void set_session_host(SSL* ssl, const std::string& host);

}  // namespace weir::tls
