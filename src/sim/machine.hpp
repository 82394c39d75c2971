// SPDX-License-Identifier: Apache-2.0
// machine: the inside of a simulated host: one process with its descriptors, rings, ports, disk and
// clock. A crash takes all but the disk.
#pragma once

#include "descriptor.hpp"
#include "engine.hpp"

#include <weir/net/endpoint.hpp>
#include <weir/sim/disk.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::sim {

class network;
class simulated_kernel;

/// Who has which address of one kind of socket.
class port_table {
public:
    class entry {
    public:
        explicit entry(net::endpoint address, std::weak_ptr<descriptor> socket, bool shared)
            : where(std::move(address)), owner(std::move(socket)), is_shared(shared) {}
        net::endpoint where;
        std::weak_ptr<descriptor> owner;
        bool is_shared;  ///< SO_REUSEPORT
    };

    port_table() = default;
    /// Takes `where`, whose port may be 0 = any. Gives the port, or 0 when it is taken.
    [[nodiscard]] std::uint16_t take(net::endpoint where, const std::shared_ptr<descriptor>& owner,
                                     bool shared);
    void give_back(const descriptor& owner) noexcept;
    /// All that would receive what is sent to `where`, in the order in which they came.
    [[nodiscard]] std::vector<std::shared_ptr<descriptor>> at(const net::endpoint& where) const;
    void clear() noexcept { entries_.clear(); }

private:
    [[nodiscard]] bool is_free(const net::endpoint& where, bool shared) const;

    std::multimap<std::uint16_t, entry> entries_;
    std::uint16_t newest_ = 32'767;
};

class machine {
public:
    explicit machine(engine& world, network& between, unsigned index, std::string name);
    machine(const machine&) = delete;
    machine& operator=(const machine&) = delete;
    ~machine();

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] unsigned index() const noexcept { return index_; }
    [[nodiscard]] engine& world() const noexcept { return world_; }
    [[nodiscard]] network& between() const noexcept { return between_; }
    [[nodiscard]] fault_plan& faults() const noexcept { return world_.faults(); }
    [[nodiscard]] sim::disk& disk() noexcept { return disk_; }

    [[nodiscard]] std::chrono::nanoseconds clock_offset() const noexcept { return clock_offset_; }
    void jump_clock(std::chrono::nanoseconds by) noexcept { clock_offset_ += by; }

    /// Whether its process runs; what arrives at one that does not is not answered.
    [[nodiscard]] bool is_up() const noexcept { return is_up_; }
    /// The process has ended without a word: every socket is gone, files are as the disk has them.
    void go_down();
    void come_up();
    /// How often its process has ended so: what an earlier one had begun does not go on.
    [[nodiscard]] unsigned crashes() const noexcept { return crashes_; }

    // Rings.
    [[nodiscard]] int attach(simulated_kernel& ring);
    void detach(simulated_kernel& ring) noexcept;
    [[nodiscard]] simulated_kernel* kernel_of(int ring_fd) const noexcept;

    /// Its connections to `there` break.
    void lose_connections_to(const machine& there);

    // Descriptors. A number, or -EMFILE.
    [[nodiscard]] int add(std::shared_ptr<descriptor> made);
    [[nodiscard]] std::shared_ptr<descriptor> find(int fd) const noexcept;
    int close(int fd);
    [[nodiscard]] std::size_t open_descriptors() const noexcept { return descriptors_.size(); }
    void set_max_descriptors(std::size_t limit) noexcept { max_descriptors_ = limit; }

    // Addresses.
    [[nodiscard]] const net::endpoint& ipv4() const noexcept { return ipv4_; }
    [[nodiscard]] const net::endpoint& ipv6() const noexcept { return ipv6_; }
    [[nodiscard]] bool owns(const net::endpoint& where) const;
    /// The address from which this machine speaks to `target`.
    [[nodiscard]] net::endpoint source_towards(const net::endpoint& target) const;
    [[nodiscard]] port_table& stream_ports() noexcept { return stream_ports_; }
    [[nodiscard]] port_table& datagram_ports() noexcept { return datagram_ports_; }
    [[nodiscard]] port_table& paths() noexcept { return paths_; }

private:
    engine& world_;
    network& between_;
    unsigned index_;
    int first_number_;
    std::string name_;
    net::endpoint ipv4_;
    net::endpoint ipv6_;
    sim::disk disk_;
    std::chrono::nanoseconds clock_offset_{0};
    bool is_up_ = true;
    unsigned crashes_ = 0;
    std::vector<simulated_kernel*> rings_;
    std::map<int, std::shared_ptr<descriptor>> descriptors_;
    std::size_t max_descriptors_ = 20'000;
    port_table stream_ports_;
    port_table datagram_ports_;
    port_table paths_;
};

}  // namespace weir::sim
