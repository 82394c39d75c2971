// SPDX-License-Identifier: Apache-2.0
// forwarded: whom a request comes from when proxies stand in between. Each proxy appends whom it
// heard from, so the list is true from its right end as far as we trust who wrote it, and what
// stands left of that anybody may have made up.
//
//   X-Forwarded-For: 1.1.1.1, 203.0.113.7, 10.0.0.2      received from 10.0.0.1,
//   trusted: 10.0.0.0/8
//                    invented  the client  a proxy
//
// Sources: RFC 7239 4, 5.2, 6, 7.4, 8.1; X-Forwarded-For has none and is what most proxies send.
#pragma once

#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/net/network.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace weir::http {

/// Which field the proxies write. Only one: the other is passed on as the client sent it.
enum class forwarding_field : std::uint8_t {
    x_forwarded_for,
    forwarded,  ///< RFC 7239
};

/// The proxies that are believed; a value.
class trusted_proxies {
public:
    /// Nobody: the peer is the client, whatever it says.
    trusted_proxies() = default;
    /// @param networks  as `net::network` reads them: "10.0.0.0/8", "::1".
    /// Errors:          invalid_argument: one of them is none.
    [[nodiscard]] static result<trusted_proxies> parse(
        std::span<const std::string_view> networks,
        forwarding_field field = forwarding_field::x_forwarded_for);

    [[nodiscard]] bool trusts(const net::endpoint& address) const noexcept;

    /// Whom a request comes from: the peer, unless that is trusted; then the last one in the list
    /// that is not, or the first of all. With port 0 where the list has none.
    /// @param peer  who sent it to us: of the connection, or of its PROXY header.
    /// @return      nullopt = a proxy that is trusted says that it does not tell, or what it says
    ///              is no address: somebody unknown, who must not be taken for the proxy.
    [[nodiscard]] std::optional<net::endpoint> client_of(const headers& asked,
                                                         const net::endpoint& peer) const;

private:
    std::vector<net::network> networks_;
    forwarding_field field_ = forwarding_field::x_forwarded_for;
};

}  // namespace weir::http
