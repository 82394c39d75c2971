// SPDX-License-Identifier: Apache-2.0
// source_network: who is behind an address, as far as limits can tell. Of IPv6 that is the network
// of 64 bits, since whoever has one address there has 2^64 (RFC 6177; BCP 157).
#pragma once

#include <weir/net/endpoint.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace weir::rate {

/// An IPv4 address or an IPv6 network of 64 bits; a value and a key. An IPv4 address that is
/// written as IPv6 (`::ffff:192.0.2.1`, as dual-stack sockets show it) is that IPv4 address.
class source_network {
public:
    /// None for a unix socket, whose peer has no address.
    [[nodiscard]] static std::optional<source_network> of(const net::endpoint& peer) noexcept;

    [[nodiscard]] auto operator<=>(const source_network&) const noexcept = default;

private:
    friend struct std::hash<source_network>;
    explicit source_network(net::family family, std::uint64_t bits) noexcept
        : bits_(bits), family_(family) {}

    std::uint64_t bits_;
    net::family family_;
};

}  // namespace weir::rate

/// As the keys of a keyed_limiter need it. Strangers choose their addresses: it is mixed well.
template <>
struct std::hash<weir::rate::source_network> {
    [[nodiscard]] std::size_t operator()(const weir::rate::source_network& of) const noexcept;
};
