// SPDX-License-Identifier: Apache-2.0
#include <weir/net/network.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace weir::net {
namespace {

constexpr unsigned all_bits = 128;
constexpr unsigned ipv4_prefix_bits = 96;
constexpr std::size_t ipv4_at = ipv4_prefix_bits / 8;

}  // namespace

bool network::read(const endpoint& from, octets& to) noexcept {
    to.fill(0);
    if (from.family() == family::ipv6) {
        const auto& native = *reinterpret_cast<const sockaddr_in6*>(from.native());
        std::memcpy(to.data(), &native.sin6_addr, to.size());
        return true;
    }
    if (from.family() != family::ipv4) return false;
    const auto& native = *reinterpret_cast<const sockaddr_in*>(from.native());
    to[ipv4_at - 2] = to[ipv4_at - 1] = 0xFF;
    std::memcpy(to.data() + ipv4_at, &native.sin_addr, sizeof native.sin_addr);
    return true;
}

result<network> network::parse(std::string_view text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view address = text.substr(0, slash);
    if (address.find('%') != address.npos) return fail(std::errc::invalid_argument);
    const auto first = endpoint::ip(address, 0);
    if (!first) return fail(first.error());
    const unsigned left_out = first->family() == family::ipv4 ? ipv4_prefix_bits : 0;
    unsigned bits = all_bits - left_out;
    if (slash < text.size()) {
        const char* const end = text.data() + text.size();
        const auto [read_to, error] = std::from_chars(text.data() + slash + 1, end, bits);
        if (error != std::errc() || read_to != end || bits > all_bits - left_out) {
            return fail(std::errc::invalid_argument);
        }
    }
    octets begin;
    static_cast<void>(read(*first, begin));
    bits += left_out;
    for (unsigned bit = bits; bit < all_bits; ++bit) {
        if ((begin[bit / 8] >> (7 - bit % 8) & 1) != 0) return fail(std::errc::invalid_argument);
    }
    return network(begin, bits);
}

bool network::contains(const endpoint& address) const noexcept {
    octets candidate;
    return read(address, candidate) && contains(candidate);
}

bool network::contains(const octets& address) const noexcept {
    const unsigned whole = bits_ / 8;
    if (!std::equal(first_.begin(), first_.begin() + whole, address.begin())) return false;
    if (bits_ % 8 == 0) return true;
    return (first_[whole] ^ address[whole]) >> (8 - bits_ % 8) == 0;
}

}  // namespace weir::net
