// SPDX-License-Identifier: Apache-2.0
// datagram_descriptor: a simulated UDP socket. Datagrams arrive whole, in any order, or not at all.
#pragma once

#include "descriptor.hpp"
#include "socket_options.hpp"

#include <weir/net/endpoint.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace weir::sim {

class datagram_descriptor final : public descriptor {
public:
    explicit datagram_descriptor(machine& home, int family);

    [[nodiscard]] int bind(const sockaddr* address, unsigned size) override;
    [[nodiscard]] int local_address(sockaddr* out, unsigned* size) const override;
    [[nodiscard]] int peer_address(sockaddr* out, unsigned* size) const override;
    [[nodiscard]] int set_option(int level, int name, const void* value, unsigned size) override;
    [[nodiscard]] int option(int level, int name, void* value, unsigned* size) override;
    [[nodiscard]] int shut_down(int how) override;
    [[nodiscard]] int receive_now(void* buffer, std::size_t size) override;
    [[nodiscard]] int send_now(const msghdr& message) override;

private:
    class datagram {
    public:
        explicit datagram(net::endpoint source, std::vector<std::byte> content)
            : from(source), data(std::move(content)) {}
        net::endpoint from;
        std::vector<std::byte> data;
    };

    [[nodiscard]] bool attempt(request& asked) override;
    [[nodiscard]] unsigned readiness() const noexcept override;
    void released() override;

    void bind_to_any();
    [[nodiscard]] int connect(const net::endpoint& peer);
    [[nodiscard]] int send(const iovec* pieces, std::size_t count, const net::endpoint& target);
    /// Whether it takes what comes from `source`.
    [[nodiscard]] bool hears(const net::endpoint& source) const noexcept;
    [[nodiscard]] static std::shared_ptr<datagram_descriptor> listener_at(
        machine& there, const net::endpoint& target, const net::endpoint& source);
    void deliver(datagram arrived);
    void refused(const net::endpoint& target);
    /// Why no datagram can be taken now; 0 when one can.
    [[nodiscard]] int take_error();
    [[nodiscard]] datagram take();
    [[nodiscard]] bool receive_one(request& asked);
    [[nodiscard]] bool receive_messages(request& asked);
    [[nodiscard]] bool receive_message(request& asked);

    net::endpoint local_;
    net::endpoint peer_;
    option_store options_;
    std::deque<datagram> received_;
    std::size_t received_bytes_ = 0;
    int error_ = 0;
    unsigned shut_ = 0;  // Linux's sk_shutdown
};

}  // namespace weir::sim
