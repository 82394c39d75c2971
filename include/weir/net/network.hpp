// SPDX-License-Identifier: Apache-2.0
// network: all addresses that begin alike: "10.0.0.0/8", "2001:db8::/32". Source: RFC 4632 3.1,
// RFC 4291 2.3, 2.5.5.2 (IPv4 addresses in IPv6).
#pragma once

#include <weir/base/result.hpp>
#include <weir/net/endpoint.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::net {

/// A block of addresses; a value. An IPv4 address is the same however it is written: a socket that
/// speaks both calls 10.0.0.1 "::ffff:10.0.0.1".
class network {
public:
    /// @param text  an address, alone or with "/" and how many of its bits count; the bits behind
    ///              them are zero, since anything else is a mistake.
    /// Errors:      invalid_argument.
    [[nodiscard]] static result<network> parse(std::string_view text);

    /// Never for a unix socket.
    [[nodiscard]] bool contains(const endpoint& address) const noexcept;

private:
    static constexpr std::size_t address_bytes = 16;
    using octets = std::array<std::uint8_t, address_bytes>;

    network(const octets& first, unsigned bits) noexcept : first_(first), bits_(bits) {}
    [[nodiscard]] bool contains(const octets& address) const noexcept;
    [[nodiscard]] static bool read(const endpoint& from, octets& to) noexcept;

    octets first_;   // IPv4 as ::ffff:a.b.c.d
    unsigned bits_;  // 0 ... 128
};

}  // namespace weir::net
