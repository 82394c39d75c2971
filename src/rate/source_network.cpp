// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/source_network.hpp>

#include <weir/base/random.hpp>

#include <netinet/in.h>

#include <cstring>

namespace weir::rate {

std::optional<source_network> source_network::of(const net::endpoint& peer) noexcept {
    std::uint64_t bits = 0;
    if (peer.family() == net::family::ipv4) {
        const auto& native = *reinterpret_cast<const sockaddr_in*>(peer.native());
        return source_network(net::family::ipv4, native.sin_addr.s_addr);
    }
    if (peer.family() != net::family::ipv6) return std::nullopt;
    const in6_addr& address = reinterpret_cast<const sockaddr_in6*>(peer.native())->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
        std::uint32_t mapped = 0;
        std::memcpy(&mapped, &address.s6_addr[12], sizeof mapped);
        return source_network(net::family::ipv4, mapped);
    }
    std::memcpy(&bits, address.s6_addr, sizeof bits);
    return source_network(net::family::ipv6, bits);
}

}  // namespace weir::rate

std::size_t std::hash<weir::rate::source_network>::operator()(
    const weir::rate::source_network& of) const noexcept {
    return static_cast<std::size_t>(
        weir::random(of.bits_ ^ static_cast<std::uint64_t>(of.family_) << 56U).next());
}
