// SPDX-License-Identifier: Apache-2.0
// network: what lies between the machines of a world: who has which address, how long data travels,
// and which links are cut.
#pragma once

#include "engine.hpp"

#include "net/name_service.hpp"

#include <weir/net/endpoint.hpp>
#include <weir/sim/link.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::sim {

class machine;

class network final : public name_service {
public:
    explicit network(engine& world) noexcept : world_(world) {}
    network(const network&) = delete;
    network& operator=(const network&) = delete;

    void add(machine& made) { machines_.push_back(&made); }
    /// Who has the address, seen from `from`; null = nobody.
    [[nodiscard]] machine* find(machine& from, const net::endpoint& where) const;

    void answer_name(std::string name, std::vector<net::endpoint> addresses) {
        names_[std::move(name)] = std::move(addresses);
    }
    [[nodiscard]] task<result<std::vector<net::endpoint>>> look_up(std::string host,
                                                                   std::uint16_t port) override;

    [[nodiscard]] link_options& between(const machine& a, const machine& b);
    void cut(const machine& a, const machine& b) { cut_.insert(pair_of(a, b)); }
    void heal(const machine& a, const machine& b);
    /// Whether what is sent from one now arrives at the other.
    [[nodiscard]] bool is_connected(const machine& a, const machine& b) const;

    /// How long `size` bytes travel that have the link for themselves.
    [[nodiscard]] std::chrono::nanoseconds travel_time(const machine& a, const machine& b,
                                                       std::size_t size) {
        return transfer_time(a, b, size) + travel_time(a, b);
    }
    /// The same for what is too small to matter.
    [[nodiscard]] std::chrono::nanoseconds travel_time(const machine& a, const machine& b);
    /// How long `size` bytes occupy one direction of a connection.
    [[nodiscard]] std::chrono::nanoseconds transfer_time(const machine& a, const machine& b,
                                                         std::size_t size);
    /// Whether a datagram gets lost.
    [[nodiscard]] bool loses_datagram(const machine& a, const machine& b);

    /// Calls `what` once, when links or machines have changed.
    void when_changed(std::function<void()> what) { waiting_.push_back(std::move(what)); }
    void link_changed();

private:
    using pair = std::pair<unsigned, unsigned>;
    [[nodiscard]] static pair pair_of(const machine& a, const machine& b) noexcept;

    engine& world_;
    std::vector<machine*> machines_;
    std::map<pair, link_options> links_;
    std::set<pair> cut_;
    std::map<std::string, std::vector<net::endpoint>> names_;
    std::vector<std::function<void()>> waiting_;
};

}  // namespace weir::sim
