// SPDX-License-Identifier: Apache-2.0
// Reading: start --P--> line --LF--> complete
//             `--CR--> fixed (16 bytes) --the length--> addresses --all of them--> complete
#include <weir/net/proxy_header.hpp>

#include <weir/base/assert.hpp>
#include <weir/base/crc32c.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

namespace weir::net {
namespace {

constexpr std::string_view line_start = "PROXY ";
constexpr std::size_t max_line_bytes = 107;
constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t fixed_bytes = 16;
constexpr std::size_t family_at = 13;
constexpr std::size_t unix_path_bytes = 108;
constexpr std::size_t tlv_bytes = 3;  // type and length
constexpr char checksum_type = 0x03;
constexpr std::size_t checksum_bytes = 4;

std::error_code malformed() noexcept { return std::make_error_code(std::errc::bad_message); }

unsigned byte_at(std::string_view text, std::size_t at) noexcept {
    return static_cast<unsigned char>(text[at]);
}

std::size_t length_at(std::string_view text, std::size_t at) noexcept {
    return byte_at(text, at) << 8U | byte_at(text, at + 1);
}

void append_number(std::string& to, std::uint32_t number, std::size_t size) {
    for (std::size_t i = size; i > 0; --i) to += static_cast<char>(number >> 8 * (i - 1) & 0xFFU);
}

// --- version 1 ----------------------------------------------------------------------------------

std::string_view take_word(std::string_view& line) noexcept {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, space);
    line.remove_prefix(std::min(space + 1, line.size()));
    return word;
}

std::optional<std::uint16_t> port_of(std::string_view text) noexcept {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    if (!is_number || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    return port;
}

std::optional<endpoint> address_of(std::string_view text, std::uint16_t port, family which) {
    if (text.find('%') != text.npos) return std::nullopt;
    const auto address = endpoint::ip(text, port);
    if (!address || address->family() != which) return std::nullopt;
    return *address;
}

/// What stands between "PROXY " and the line's end.
std::optional<proxy_header> parse_line(std::string_view line) {
    const std::string_view protocol = take_word(line);
    if (protocol == "UNKNOWN") return proxy_header();
    if (protocol != "TCP4" && protocol != "TCP6") return std::nullopt;
    const family which = protocol == "TCP4" ? family::ipv4 : family::ipv6;
    const std::string_view source = take_word(line);
    const std::string_view destination = take_word(line);
    const auto source_port = port_of(take_word(line));
    const auto destination_port = port_of(line);
    if (!source_port || !destination_port) return std::nullopt;
    const auto from = address_of(source, *source_port, which);
    const auto to = address_of(destination, *destination_port, which);
    if (!from || !to) return std::nullopt;
    return proxy_header(*from, *to);
}

// --- version 2 ----------------------------------------------------------------------------------

endpoint ipv4_at(std::string_view block, std::size_t address, std::size_t port) noexcept {
    sockaddr_in native{};
    native.sin_family = AF_INET;
    std::memcpy(&native.sin_addr, block.data() + address, sizeof native.sin_addr);
    std::memcpy(&native.sin_port, block.data() + port, sizeof native.sin_port);
    return endpoint::from_native(reinterpret_cast<const sockaddr*>(&native), sizeof native);
}

endpoint ipv6_at(std::string_view block, std::size_t address, std::size_t port) noexcept {
    sockaddr_in6 native{};
    native.sin6_family = AF_INET6;
    std::memcpy(&native.sin6_addr, block.data() + address, sizeof native.sin6_addr);
    std::memcpy(&native.sin6_port, block.data() + port, sizeof native.sin6_port);
    return endpoint::from_native(reinterpret_cast<const sockaddr*>(&native), sizeof native);
}

/// The path up to its NUL; nullopt = it has no name, or an abstract one.
std::optional<endpoint> path_at(std::string_view block, std::size_t at) {
    const std::string_view path = block.substr(at, unix_path_bytes);
    const auto named = endpoint::unix_socket(path.substr(0, path.find('\0')));
    return named ? std::optional(*named) : std::nullopt;
}

/// The bytes that the addresses of a family take; nullopt = there is no such family.
std::optional<std::size_t> address_bytes(unsigned family_and_protocol) noexcept {
    if ((family_and_protocol & 0x0FU) > 2) return std::nullopt;
    switch (family_and_protocol >> 4U) {
        case 0:
            return 0;
        case 1:
            return 12;
        case 2:
            return 36;
        case 3:
            return 2 * unix_path_bytes;
        default:
            return std::nullopt;
    }
}

proxy_header header_of(std::string_view block, unsigned family_and_protocol) {
    if ((family_and_protocol & 0x0FU) == 0) return {};  // of no protocol: of nobody
    switch (family_and_protocol >> 4U) {
        case 1:
            return {ipv4_at(block, 0, 8), ipv4_at(block, 4, 10)};
        case 2:
            return {ipv6_at(block, 0, 32), ipv6_at(block, 16, 34)};
        case 3: {
            const auto from = path_at(block, 0);
            const auto to = path_at(block, unix_path_bytes);
            return from && to ? proxy_header(*from, *to) : proxy_header();
        }
        default:
            return {};
    }
}

/// Whether the sum over the whole header, with zeros in its place, is the one that stands there.
bool is_sum_right(std::string text, std::size_t at) {
    std::string sent(text, at, checksum_bytes);
    text.replace(at, checksum_bytes, checksum_bytes, '\0');
    std::string computed;
    append_number(computed, crc32c(as_bytes(text)), checksum_bytes);
    return sent == computed;
}

/// Whether the values behind the addresses fill the header exactly, with a right checksum.
bool are_values_well(const std::string& text, std::size_t at) {
    while (at < text.size()) {
        if (text.size() - at < tlv_bytes) return false;
        const std::size_t length = length_at(text, at + 1);
        const bool is_checksum = text[at] == checksum_type;
        at += tlv_bytes;
        if (length > text.size() - at) return false;
        if (is_checksum && (length != checksum_bytes || !is_sum_right(text, at))) return false;
        at += length;
    }
    return true;
}

}  // namespace

proxy_header::proxy_header(const endpoint& source, const endpoint& destination) noexcept
    : source_(source), destination_(destination) {
    WEIR_ASSERT(source.family() == destination.family() && source.family() != family::unspecified,
                "both ends of a connection have the same family");
}

result<proxy_action> proxy_header_parser::feed(bytes& data) {
    while (!data.empty() && !error_ && step_ != step::complete) {
        error_ = take(static_cast<char>(data.front()));
        data = data.subspan(1);
    }
    if (error_) return fail(error_);
    return step_ == step::complete ? proxy_action::complete : proxy_action::need_data;
}

std::error_code proxy_header_parser::take(char c) {
    text_ += c;
    switch (step_) {
        case step::start:
            return take_start();
        case step::line:
            return take_line();
        case step::fixed:
            return take_fixed();
        case step::addresses:
            return take_addresses();
        case step::complete:
            break;
    }
    return {};
}

std::error_code proxy_header_parser::take_start() {
    if (text_ == line_start) {
        step_ = step::line;
    } else if (text_ == signature) {
        step_ = step::fixed;
    } else if (!line_start.starts_with(text_) && !signature.starts_with(text_)) {
        return malformed();
    }
    return {};
}

std::error_code proxy_header_parser::take_line() {
    if (text_.back() != '\n') {
        if (text_.size() < max_line_bytes) return {};
        return std::make_error_code(std::errc::message_size);
    }
    const std::string_view line = text_;
    if (!line.ends_with("\r\n")) return malformed();
    const auto header =
        parse_line(line.substr(line_start.size(), line.size() - line_start.size() - 2));
    if (!header) return malformed();
    header_ = *header;
    step_ = step::complete;
    return {};
}

std::error_code proxy_header_parser::take_fixed() {
    if (text_.size() < fixed_bytes) return {};
    const unsigned command = byte_at(text_, signature.size());
    if (command != 0x20 && command != 0x21) return malformed();  // LOCAL and PROXY of version 2
    size_ = fixed_bytes + length_at(text_, fixed_bytes - 2);
    if (size_ > max_bytes_) return std::make_error_code(std::errc::message_size);
    step_ = step::addresses;
    return take_addresses();
}

std::error_code proxy_header_parser::take_addresses() {
    if (text_.size() < size_) return {};
    step_ = step::complete;
    // "must ... discard the protocol block including the family which is ignored" (2.2, LOCAL).
    if (byte_at(text_, signature.size()) == 0x20) return {};
    const unsigned kind = byte_at(text_, family_at);
    const auto needed = address_bytes(kind);
    if (!needed || *needed > size_ - fixed_bytes) return malformed();
    // Of an unknown family not even the end of the addresses is known.
    if (*needed > 0 && !are_values_well(text_, fixed_bytes + *needed)) return malformed();
    header_ = header_of(std::string_view(text_).substr(fixed_bytes), kind);
    return {};
}

std::string serialize_v1(const proxy_header& header) {
    const auto& from = header.source();
    if (!from || from->family() == family::unix_path) return "PROXY UNKNOWN\r\n";
    const endpoint& to = *header.destination();
    return (from->family() == family::ipv4 ? "PROXY TCP4 " : "PROXY TCP6 ") + from->address() +
           " " + to.address() + " " + std::to_string(from->port()) + " " +
           std::to_string(to.port()) + "\r\n";
}

std::string serialize_v2(const proxy_header& header) {
    std::string block;
    char kind = 0;
    if (const auto& from = header.source()) {
        const std::array<const endpoint*, 2> ends{&*from, &*header.destination()};
        for (const endpoint* end : ends) {
            if (end->family() == family::ipv4) {
                const auto& native = *reinterpret_cast<const sockaddr_in*>(end->native());
                block.append(reinterpret_cast<const char*>(&native.sin_addr), 4);
                kind = 0x11;
            } else if (end->family() == family::ipv6) {
                const auto& native = *reinterpret_cast<const sockaddr_in6*>(end->native());
                block.append(reinterpret_cast<const char*>(&native.sin6_addr), 16);
                kind = 0x21;
            } else {
                const std::string path = end->address();
                block.append(path).append(unix_path_bytes - path.size(), '\0');
                kind = 0x31;
            }
        }
        if (kind != 0x31) {
            for (const endpoint* end : ends) append_number(block, end->port(), 2);
        }
    }
    std::string text(signature);
    text += header.source() ? '\x21' : '\x20';
    text += kind;
    append_number(text, static_cast<std::uint32_t>(block.size() + tlv_bytes + checksum_bytes), 2);
    text += block;
    text += checksum_type;
    append_number(text, checksum_bytes, 2);
    const std::string zeros(checksum_bytes, '\0');
    const std::uint32_t sum = crc32c(as_bytes(zeros), crc32c(as_bytes(text)));
    append_number(text, sum, checksum_bytes);
    return text;
}

}  // namespace weir::net
