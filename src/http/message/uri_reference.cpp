// SPDX-License-Identifier: Apache-2.0
#include "uri_reference.hpp"

#include <weir/net/endpoint.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace weir::http {
namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_scheme(std::string_view text) noexcept {
    constexpr std::string_view marks = "+-.";
    const auto fits = [marks](char c) {
        return is_letter(c) || is_digit(c) || marks.find(c) != marks.npos;
    };
    return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, fits);
}

/// Names as the DNS has them, and what people put into it. No escapes: two parsers would see two
/// hosts.
bool is_host_name(std::string_view text) noexcept {
    constexpr std::string_view marks = "-._";
    const auto fits = [marks](char c) {
        return is_letter(c) || is_digit(c) || marks.find(c) != marks.npos;
    };
    return !text.empty() && std::ranges::all_of(text, fits);
}

bool is_ipv6(std::string_view text) noexcept {
    if (text.find('%') != text.npos) return false;  // a scope is nobody else's affair (RFC 6874)
    const auto parsed = net::endpoint::ip(text, 0);
    return parsed && parsed->family() == net::family::ipv6;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Takes the front of `text` up to the first of `ends`, which stays.
std::string_view take_until(std::string_view& text, std::string_view ends) noexcept {
    const std::string_view part = text.substr(0, text.find_first_of(ends));
    text.remove_prefix(part.size());
    return part;
}

}  // namespace

uri_reference::uri_reference(std::string_view text) noexcept {
    const std::size_t colon = text.find_first_of(":/?#");
    if (colon != text.npos && text[colon] == ':' && is_scheme(text.substr(0, colon))) {
        scheme = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (text.starts_with("//")) {
        text.remove_prefix(2);
        authority = take_until(text, "/?#");
    }
    path = take_until(text, "?#");
    if (text.starts_with('?')) {
        query = take_until(text, "#").substr(1);
    }
    if (text.starts_with('#')) fragment = text.substr(1);
}

result<uri_authority> uri_authority::parse(std::string_view text) {
    uri_authority made;
    std::string_view host = text;
    std::string_view rest;  // behind the host: nothing, or a port
    const bool is_bracketed = text.starts_with('[');
    if (is_bracketed) {
        const std::size_t end = text.find(']');
        if (end == text.npos) return fail(std::errc::invalid_argument);
        host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    } else {
        host = text.substr(0, text.find(':'));
        rest = text.substr(host.size());
    }
    if (is_bracketed ? !is_ipv6(host) : !is_host_name(host)) {
        return fail(std::errc::invalid_argument);
    }
    made.host.resize(host.size());
    std::ranges::transform(host, made.host.begin(), lower);
    if (rest.empty()) return made;
    std::uint16_t port = 0;
    const std::string_view digits = rest.substr(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    const bool is_number = error == std::errc() && end == digits.data() + digits.size();
    if (rest.front() != ':' || !is_number || port == 0) return fail(std::errc::invalid_argument);
    made.port = port;
    return made;
}

std::string authority_text(std::string_view host, std::uint16_t port, std::uint16_t usual_port) {
    std::string text(host);
    if (host.find(':') != host.npos) text = '[' + text + ']';
    if (port != usual_port) text += ':' + std::to_string(port);
    return text;
}

std::string without_dot_segments(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        const std::size_t size = path.find('/', 1);
        const std::string_view segment = path.substr(0, size);
        const bool is_last = size == path.npos;
        path.remove_prefix(segment.size());
        const std::string_view name = segment.starts_with('/') ? segment.substr(1) : segment;
        if (name == "..") out.resize(std::min(out.rfind('/'), out.size()));
        if (name != "." && name != "..") {
            out += segment;
        } else if (is_last) {
            out += '/';  // what they name is a folder
        }
    }
    return out;
}

}  // namespace weir::http
