// SPDX-License-Identifier: Apache-2.0
#include "machine.hpp"

#include "network.hpp"
#include "simulated_kernel.hpp"

#include <weir/base/unique_fd.hpp>

#include <algorithm>
#include <cerrno>

namespace weir::sim {

namespace {

/// Numbers of descriptors, and of rings behind them, that one machine has in its world.
constexpr int numbers_a_machine = 1 << 20;
constexpr int first_ring_number = numbers_a_machine - 1024;

/// The machines of this thread, by the numbers that their descriptors have.
thread_local std::vector<machine*> machines_here;

/// Takes the lowest free range of numbers.
int take_numbers(machine& taker) {
    auto place = std::find(machines_here.begin(), machines_here.end(), nullptr);
    if (place == machines_here.end()) place = machines_here.insert(place, nullptr);
    *place = &taker;
    return detail::first_simulated_fd +
           static_cast<int>(place - machines_here.begin()) * numbers_a_machine;
}

/// Ends a descriptor whose owner knows the number only.
void close_number(int fd) noexcept {
    const auto slot =
        static_cast<std::size_t>((fd - detail::first_simulated_fd) / numbers_a_machine);
    if (slot < machines_here.size() && machines_here[slot] != nullptr) {
        machines_here[slot]->close(fd);
    }
}

bool is_wildcard(const net::endpoint& where) {
    const std::string address = where.address();
    return address == "0.0.0.0" || address == "::";
}

/// Whether something at `bound` gets what is sent to `where`.
bool covers(const net::endpoint& bound, const net::endpoint& where) {
    if (bound == where) return true;
    if (bound.family() == net::family::unix_path || !is_wildcard(bound)) return false;
    // A wildcard of IPv6 takes IPv4, too.
    return bound.family() == where.family() || bound.family() == net::family::ipv6;
}

}  // namespace

// --- ports ------------------------------------------------------------------------------------

bool port_table::is_free(const net::endpoint& where, bool shared) const {
    const auto [first, last] = entries_.equal_range(where.port());
    return std::none_of(first, last, [&](const auto& each) {
        const entry& other = each.second;
        if (other.owner.expired() || (shared && other.is_shared)) return false;
        return covers(other.where, where) || covers(where, other.where);
    });
}

std::uint16_t port_table::take(net::endpoint where, const std::shared_ptr<descriptor>& owner,
                               bool shared) {
    const bool is_path = where.family() == net::family::unix_path;
    if (where.port() == 0 && !is_path) {
        constexpr unsigned all = 65'536 - 32'768;
        for (unsigned tries = 0; tries < all; ++tries) {
            newest_ = newest_ == 65'535 ? 32'768 : static_cast<std::uint16_t>(newest_ + 1);
            where.set_port(newest_);
            if (is_free(where, false)) break;
        }
    }
    if (!is_free(where, shared)) return 0;
    entries_.emplace(where.port(), entry(where, owner, shared));
    return is_path ? std::uint16_t{1} : where.port();
}

void port_table::give_back(const descriptor& owner) noexcept {
    std::erase_if(entries_, [&](const auto& each) {
        const auto held = each.second.owner.lock();
        return held == nullptr || held.get() == &owner;
    });
}

std::vector<std::shared_ptr<descriptor>> port_table::at(const net::endpoint& where) const {
    std::vector<std::shared_ptr<descriptor>> found;
    const auto [first, last] = entries_.equal_range(where.port());
    for (auto each = first; each != last; ++each) {
        if (!covers(each->second.where, where)) continue;
        if (auto owner = each->second.owner.lock()) found.push_back(std::move(owner));
    }
    return found;
}

// --- the machine ------------------------------------------------------------------------------

machine::machine(engine& world, network& between, unsigned index, std::string name)
    : world_(world),
      between_(between),
      index_(index),
      first_number_(take_numbers(*this)),
      name_(std::move(name)),
      ipv4_(*net::endpoint::ip(
          "10.0." + std::to_string((index + 1) / 250) + "." + std::to_string((index + 1) % 250),
          0)),
      ipv6_(*net::endpoint::ip("fd00::" + std::to_string(index + 1), 0)),
      disk_(world.chance().fork()) {
    detail::set_simulated_fd_closer(close_number);
}

machine::~machine() {
    std::replace(machines_here.begin(), machines_here.end(), this, static_cast<machine*>(nullptr));
}

void machine::go_down() {
    is_up_ = false;
    ++crashes_;
    stream_ports_.clear();
    datagram_ports_.clear();
    paths_.clear();
    for (const auto& each : descriptors_) each.second->vanish();
    descriptors_.clear();
    disk_.crash();
}

void machine::come_up() {
    is_up_ = true;
    between_.link_changed();
}

int machine::attach(simulated_kernel& ring) {
    rings_.push_back(&ring);
    return first_number_ + first_ring_number + static_cast<int>(rings_.size()) - 1;
}

void machine::detach(simulated_kernel& ring) noexcept {
    std::replace(rings_.begin(), rings_.end(), &ring, static_cast<simulated_kernel*>(nullptr));
    while (!rings_.empty() && rings_.back() == nullptr) rings_.pop_back();
}

simulated_kernel* machine::kernel_of(int ring_fd) const noexcept {
    for (simulated_kernel* each : rings_) {
        if (each != nullptr && each->ring_fd() == ring_fd) return each;
    }
    return nullptr;
}

int machine::add(std::shared_ptr<descriptor> made) {
    if (descriptors_.size() >= max_descriptors_) return -EMFILE;
    int fd = first_number_;
    // The lowest free number, as POSIX has it.
    for (const auto& each : descriptors_) {
        if (each.first != fd) break;
        ++fd;
    }
    descriptors_.emplace(fd, std::move(made));
    return fd;
}

std::shared_ptr<descriptor> machine::find(int fd) const noexcept {
    const auto found = descriptors_.find(fd);
    return found == descriptors_.end() ? nullptr : found->second;
}

void machine::lose_connections_to(const machine& there) {
    // A copy: whoever is told may open and close.
    const std::map<int, std::shared_ptr<descriptor>> all = descriptors_;
    for (const auto& each : all) each.second->lose_connection_to(there);
}

int machine::close(int fd) {
    const auto found = descriptors_.find(fd);
    if (found == descriptors_.end()) return -EBADF;
    const std::shared_ptr<descriptor> held = std::move(found->second);
    descriptors_.erase(found);
    held->close();
    return 0;
}

bool machine::owns(const net::endpoint& where) const {
    const std::string address = where.address();
    return address.starts_with("127.") || address == "::1" || is_wildcard(where) ||
           address == ipv4_.address() || address == ipv6_.address();
}

net::endpoint machine::source_towards(const net::endpoint& target) const {
    if (owns(target)) return *net::endpoint::ip(target.address(), 0);
    return target.family() == net::family::ipv6 ? ipv6_ : ipv4_;
}

}  // namespace weir::sim
