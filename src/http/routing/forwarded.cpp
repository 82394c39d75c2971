// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/forwarded.hpp>

#include "http/message/field_list.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace weir::http {
namespace {

/// "192.0.2.43", "192.0.2.43:47011", "[2001:db8::17]:4711", and 2001:db8::17, which X-Forwarded-For
/// has without brackets. nullopt = "unknown", an invented name as "_gazonk", or rubbish.
std::optional<net::endpoint> parse_node(std::string_view node) {
    std::string_view address = node;
    std::string_view port;
    if (node.starts_with('[')) {
        const std::size_t closed = node.find(']');
        if (closed == node.npos) return std::nullopt;
        address = node.substr(1, closed - 1);
        port = node.substr(closed + 1);
        if (address.find(':') == address.npos) return std::nullopt;
    } else if (std::count(node.begin(), node.end(), ':') == 1) {
        address = node.substr(0, node.find(':'));
        port = node.substr(address.size());
    }
    std::uint16_t number = 0;
    if (!port.empty()) {
        const char* const end = port.data() + port.size();
        const auto [read_to, error] = std::from_chars(port.data() + 1, end, number);
        // A port may be an invented name, too, and then it is unknown.
        const bool is_hidden = port.starts_with(":_");
        if (!port.starts_with(':')) return std::nullopt;
        if (!is_hidden && (error != std::errc() || read_to != end)) return std::nullopt;
        if (is_hidden) number = 0;
    }
    if (address.find('%') != address.npos) return std::nullopt;
    const auto found = net::endpoint::ip(address, number);
    return found ? std::optional(*found) : std::nullopt;
}

/// A string that a stranger left open hides what trusted proxies have appended behind it.
bool has_open_string(std::string_view text) noexcept {
    bool is_open = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') {
            is_open = !is_open;
        } else if (is_open && text[i] == '\\') {
            ++i;
        }
    }
    return is_open;
}

/// The value of "for" in one element of Forwarded; nullopt = it has none, or several.
std::optional<std::string_view> node_in(std::string_view element) {
    if (has_open_string(element)) return std::nullopt;
    std::optional<std::string_view> found;
    while (!element.empty()) {
        std::string_view pair = take_until(element, ';');
        const std::string_view name = pair.substr(0, pair.find('='));
        if (!equal_ignoring_case(name, "for")) continue;
        if (found || name.size() == pair.size()) return std::nullopt;
        pair.remove_prefix(name.size() + 1);
        if (pair.size() >= 2 && pair.front() == '"' && pair.back() == '"') {
            pair = pair.substr(1, pair.size() - 2);
        }
        found = pair;
    }
    return found;
}

}  // namespace

result<trusted_proxies> trusted_proxies::parse(std::span<const std::string_view> networks,
                                               forwarding_field field) {
    trusted_proxies parsed;
    parsed.field_ = field;
    for (const std::string_view text : networks) {
        const auto network = net::network::parse(text);
        if (!network) return fail(network.error());
        parsed.networks_.push_back(*network);
    }
    return parsed;
}

bool trusted_proxies::trusts(const net::endpoint& address) const noexcept {
    return std::any_of(networks_.begin(), networks_.end(),
                       [&](const net::network& each) { return each.contains(address); });
}

std::optional<net::endpoint> trusted_proxies::client_of(const headers& asked,
                                                        const net::endpoint& peer) const {
    if (!trusts(peer)) return peer;
    const bool is_standard = field_ == forwarding_field::forwarded;
    field_list list = is_standard ? field_list(asked, "Forwarded")
                                  : field_list(asked, "X-Forwarded-For", quoting::none);
    // From the left: whoever is not trusted makes what was found before worth nothing.
    std::optional<net::endpoint> client = peer;
    bool is_first = true;
    while (const auto element = list.next()) {
        const auto node = is_standard ? node_in(*element) : element;
        const auto address = node ? parse_node(*node) : std::nullopt;
        if (is_first || !address || !trusts(*address)) client = address;
        is_first = false;
    }
    return client;
}

}  // namespace weir::http
