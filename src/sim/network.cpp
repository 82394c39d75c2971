// SPDX-License-Identifier: Apache-2.0
#include "network.hpp"

#include "machine.hpp"

#include <weir/base/error.hpp>
#include <weir/io/sleep.hpp>
#include <weir/net/resolver.hpp>

#include <algorithm>

namespace weir::sim {

namespace {
constexpr std::chrono::microseconds shortest_look_up{200};
constexpr std::chrono::milliseconds longest_look_up{20};
}  // namespace

machine* network::find(machine& from, const net::endpoint& where) const {
    if (from.owns(where)) return &from;
    const auto found = std::find_if(machines_.begin(), machines_.end(), [&](const machine* each) {
        const std::string address = where.address();
        return each->ipv4().address() == address || each->ipv6().address() == address;
    });
    return found == machines_.end() ? nullptr : *found;
}

network::pair network::pair_of(const machine& a, const machine& b) noexcept {
    return {std::min(a.index(), b.index()), std::max(a.index(), b.index())};
}

link_options& network::between(const machine& a, const machine& b) { return links_[pair_of(a, b)]; }

void network::heal(const machine& a, const machine& b) {
    if (cut_.erase(pair_of(a, b)) > 0) link_changed();
}

bool network::is_connected(const machine& a, const machine& b) const {
    return &a == &b || (b.is_up() && !cut_.contains(pair_of(a, b)));
}

std::chrono::nanoseconds network::travel_time(const machine& a, const machine& b) {
    if (&a == &b) return {};
    const link_options& link = between(a, b);
    return world_.latencies().between(link.min_latency, link.max_latency);
}

std::chrono::nanoseconds network::transfer_time(const machine& a, const machine& b,
                                                std::size_t size) {
    const link_options& link = between(a, b);
    if (&a == &b || link.bytes_per_second == 0) return {};
    constexpr std::uint64_t second = 1'000'000'000;
    return std::chrono::nanoseconds(
        static_cast<std::int64_t>(size * second / link.bytes_per_second));
}

bool network::loses_datagram(const machine& a, const machine& b) {
    if (&a == &b) return false;
    return !is_connected(a, b) || world_.latencies().chance(between(a, b).datagram_loss);
}

task<result<std::vector<net::endpoint>>> network::look_up(std::string host, std::uint16_t port) {
    const auto time = world_.latencies().between(shortest_look_up, longest_look_up);
    const result<void> slept = co_await sleep_for(time);
    if (!slept) co_return fail(slept.error());
    std::vector<net::endpoint> found;
    if (const auto named = names_.find(host); named != names_.end()) {
        found = named->second;
    } else {
        for (const machine* each : machines_) {
            if (each->name() == host) found = {each->ipv4(), each->ipv6()};
        }
        if (host == "localhost") found = {net::endpoint::loopback(0)};
    }
    if (found.empty()) co_return fail(std::error_code(net::resolve_errc::host_not_found));
    for (net::endpoint& each : found) each.set_port(port);
    co_return found;
}

void network::link_changed() {
    for (const auto& each : std::exchange(waiting_, {})) each();
}

}  // namespace weir::sim
