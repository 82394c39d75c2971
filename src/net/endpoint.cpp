// SPDX-License-Identifier: Apache-2.0
#include <weir/net/endpoint.hpp>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace weir::net {
namespace {

template <class Native>
const Native& as(const endpoint& from) noexcept {
    return *reinterpret_cast<const Native*>(from.native());
}

template <class Native>
endpoint make(const Native& native, std::size_t size = sizeof(Native)) noexcept {
    return endpoint::from_native(reinterpret_cast<const sockaddr*>(&native),
                                 static_cast<unsigned>(size));
}

/// The C functions below would stop at a NUL byte and take what stands before it.
bool has_nul(std::string_view text) noexcept { return text.find('\0') != std::string_view::npos; }

/// The number of an interface, from its number or its name; 0 = there is none.
unsigned parse_zone(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    return ::if_nametoindex(std::string(text).c_str());
}

result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size()) {
        return fail(std::errc::invalid_argument);
    }
    return port;
}

result<endpoint> parse_ipv6(std::string_view address, std::uint16_t port) {
    sockaddr_in6 native{};
    native.sin6_family = AF_INET6;
    native.sin6_port = htons(port);
    const auto percent = address.find('%');
    if (percent != std::string_view::npos) {
        native.sin6_scope_id = parse_zone(address.substr(percent + 1));
        if (native.sin6_scope_id == 0) return fail(std::errc::invalid_argument);
    }
    const std::string text(address.substr(0, percent));
    if (::inet_pton(AF_INET6, text.c_str(), &native.sin6_addr) != 1) {
        return fail(std::errc::invalid_argument);
    }
    return make(native);
}

}  // namespace

result<endpoint> endpoint::parse(std::string_view text) {
    if (has_nul(text)) return fail(std::errc::invalid_argument);
    constexpr std::string_view unix_prefix = "unix:";
    if (text.starts_with(unix_prefix)) return unix_socket(text.substr(unix_prefix.size()));
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return fail(std::errc::invalid_argument);
    const result<std::uint16_t> port = parse_port(text.substr(colon + 1));
    if (!port) return fail(port.error());
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) return parse_ipv6(host.substr(1, host.size() - 2), *port);
    // An IPv6 address without brackets would be ambiguous with its port.
    if (host.find(':') != std::string_view::npos) return fail(std::errc::invalid_argument);
    return ip(host, *port);
}

result<endpoint> endpoint::ip(std::string_view address, std::uint16_t port) {
    if (has_nul(address)) return fail(std::errc::invalid_argument);
    if (address.find(':') != std::string_view::npos) return parse_ipv6(address, port);
    sockaddr_in native{};
    native.sin_family = AF_INET;
    native.sin_port = htons(port);
    if (::inet_pton(AF_INET, std::string(address).c_str(), &native.sin_addr) != 1) {
        return fail(std::errc::invalid_argument);
    }
    return make(native);
}

result<endpoint> endpoint::unix_socket(std::string_view path) {
    sockaddr_un native{};
    native.sun_family = AF_UNIX;
    if (path.empty() || has_nul(path)) return fail(std::errc::invalid_argument);
    if (path.size() >= sizeof native.sun_path) return fail(std::errc::filename_too_long);
    std::copy(path.begin(), path.end(), native.sun_path);
    // As getsockname(2) gives it, so that equal paths make equal endpoints.
    return make(native, offsetof(sockaddr_un, sun_path) + path.size() + 1);
}

endpoint endpoint::loopback(std::uint16_t port) noexcept {
    sockaddr_in native{};
    native.sin_family = AF_INET;
    native.sin_port = htons(port);
    native.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return make(native);
}

endpoint endpoint::any(std::uint16_t port, net::family which) noexcept {
    if (which == family::ipv6) {
        sockaddr_in6 native{};
        native.sin6_family = AF_INET6;
        native.sin6_port = htons(port);
        return make(native);
    }
    sockaddr_in native{};
    native.sin_family = AF_INET;
    native.sin_port = htons(port);
    return make(native);
}

endpoint endpoint::from_native(const sockaddr* address, unsigned size) noexcept {
    endpoint made;
    made.size_ = std::min<unsigned>(size, capacity);
    if (made.size_ == 0) return made;
    std::memcpy(made.storage_.data(), address, made.size_);
    return made;
}

net::family endpoint::family() const noexcept {
    if (size_ == 0) return family::unspecified;
    switch (native()->sa_family) {
        case AF_INET:
            return family::ipv4;
        case AF_INET6:
            return family::ipv6;
        case AF_UNIX:
            return family::unix_path;
        default:
            return family::unspecified;
    }
}

std::uint16_t endpoint::port() const noexcept {
    switch (family()) {
        case family::ipv4:
            return ntohs(as<sockaddr_in>(*this).sin_port);
        case family::ipv6:
            return ntohs(as<sockaddr_in6>(*this).sin6_port);
        default:
            return 0;
    }
}

void endpoint::set_port(std::uint16_t port) noexcept {
    auto* native = reinterpret_cast<sockaddr*>(storage_.data());
    if (family() == family::ipv4) reinterpret_cast<sockaddr_in*>(native)->sin_port = htons(port);
    if (family() == family::ipv6) reinterpret_cast<sockaddr_in6*>(native)->sin6_port = htons(port);
}

std::string endpoint::address() const {
    char text[INET6_ADDRSTRLEN] = {};
    switch (family()) {
        case family::ipv4:
            return ::inet_ntop(AF_INET, &as<sockaddr_in>(*this).sin_addr, text, sizeof text);
        case family::ipv6: {
            const auto& native = as<sockaddr_in6>(*this);
            std::string address = ::inet_ntop(AF_INET6, &native.sin6_addr, text, sizeof text);
            if (native.sin6_scope_id != 0) address += '%' + std::to_string(native.sin6_scope_id);
            return address;
        }
        case family::unix_path: {
            const char* path = as<sockaddr_un>(*this).sun_path;
            return std::string(path, ::strnlen(path, sizeof(sockaddr_un::sun_path)));
        }
        case family::unspecified:
            break;
    }
    return "unspecified";
}

std::string endpoint::to_string() const {
    switch (family()) {
        case family::ipv4:
            return address() + ':' + std::to_string(port());
        case family::ipv6:
            return '[' + address() + "]:" + std::to_string(port());
        case family::unix_path:
            return "unix:" + address();
        case family::unspecified:
            break;
    }
    return "unspecified";
}

bool endpoint::operator==(const endpoint& other) const noexcept {
    return size_ == other.size_ && std::memcmp(storage_.data(), other.storage_.data(), size_) == 0;
}

}  // namespace weir::net
