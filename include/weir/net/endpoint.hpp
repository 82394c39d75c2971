// SPDX-License-Identifier: Apache-2.0
// endpoint: where a socket is bound or connected to: an IPv4 or IPv6 address with a port, or the
// path of a unix socket.
#pragma once

#include <weir/base/result.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct sockaddr;

namespace weir::net {

/// The address family of an endpoint.
enum class family : std::uint8_t { unspecified, ipv4, ipv6, unix_path };

/// A socket address; a value. Holds a `sockaddr` in the kernel's own layout.
///
/// ```cpp
/// auto where = weir::net::endpoint::parse("127.0.0.1:8080");   // also "[::1]:8080", "unix:/run/x"
/// ```
class endpoint {
public:
    /// No address: `family::unspecified`.
    endpoint() noexcept = default;

    /// Parses `A.B.C.D:PORT`, `[IPV6]:PORT` (a scope id such as `%eth0` is allowed) or
    /// `unix:PATH`. No names are resolved.
    ///
    /// @param text  PORT 0 ... 65535; PATH at most 107 bytes.
    /// Errors:      invalid_argument; filename_too_long.
    [[nodiscard]] static result<endpoint> parse(std::string_view text);
    /// An IP address in text form (without brackets) and a port.
    ///
    /// Errors:      invalid_argument.
    [[nodiscard]] static result<endpoint> ip(std::string_view address, std::uint16_t port);
    /// Errors:      filename_too_long, invalid_argument (empty).
    [[nodiscard]] static result<endpoint> unix_socket(std::string_view path);
    [[nodiscard]] static endpoint loopback(std::uint16_t port) noexcept;
    /// Every local address: `0.0.0.0`, or `[::]` for IPv6.
    [[nodiscard]] static endpoint any(std::uint16_t port,
                                      net::family which = family::ipv4) noexcept;
    /// Copies what the kernel gave. A family other than the three is kept but shown as unspecified.
    [[nodiscard]] static endpoint from_native(const sockaddr* address, unsigned size) noexcept;

    [[nodiscard]] net::family family() const noexcept;
    /// 0 for a unix socket.
    [[nodiscard]] std::uint16_t port() const noexcept;
    void set_port(std::uint16_t port) noexcept;
    /// The address without the port: `127.0.0.1`, `::1`, or the path.
    [[nodiscard]] std::string address() const;
    /// The form that `parse` reads.
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] const sockaddr* native() const noexcept {
        return reinterpret_cast<const sockaddr*>(storage_.data());
    }
    [[nodiscard]] unsigned native_size() const noexcept { return size_; }

    [[nodiscard]] bool operator==(const endpoint& other) const noexcept;

private:
    static constexpr std::size_t capacity = 112;  // sockaddr_un, the largest of them, has 110

    alignas(8) std::array<std::byte, capacity> storage_{};
    unsigned size_ = 0;
};

}  // namespace weir::net
