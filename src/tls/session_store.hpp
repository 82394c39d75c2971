// SPDX-License-Identifier: Apache-2.0
// session_store: what a client remembers of its servers, to resume instead of beginning anew.
#pragma once

#include "openssl.hpp"

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>

namespace weir::tls {

/// Bounded: the session that was kept longest ago goes first. Safe from any thread.
class session_store {
public:
    explicit session_store(std::size_t max_sessions) noexcept : max_sessions_(max_sessions) {}

    void keep(std::string_view host, ssl_session_ptr session);
    /// The newest session with `host`; null = none. It is given once only, so that nobody who
    /// watches can tell two connections to be of one client (RFC 8446 C.4).
    [[nodiscard]] ssl_session_ptr take(std::string_view host);
    [[nodiscard]] std::size_t size() const;

private:
    struct entry {
        std::string host;
        ssl_session_ptr session;
    };

    mutable std::mutex mutex_;
    std::size_t max_sessions_;
    std::list<entry> newest_first_;
};

}  // namespace weir::tls
