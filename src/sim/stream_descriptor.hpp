// SPDX-License-Identifier: Apache-2.0
// stream_descriptor: a simulated TCP or unix stream socket, as a state machine after Linux's.
//
//   fresh --listen--> listening --shutdown--> fresh
//   fresh --connect--> connecting --the peer accepts--> connected --both ends, reset, time-out-->
//                            \--refused, unreachable, time-out--> fresh (with an error)     closed
//
// Data goes to the other end as segments: through the network in order, at once within a machine.
// While the link is cut they wait, and go on when it is healed, as TCP's repetitions would.
#pragma once

#include "byte_queue.hpp"
#include "descriptor.hpp"
#include "socket_options.hpp"

#include <weir/net/endpoint.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace weir::sim {

class stream_descriptor final : public descriptor {
public:
    explicit stream_descriptor(machine& home, int family);

    [[nodiscard]] int bind(const sockaddr* address, unsigned size) override;
    [[nodiscard]] int listen(int backlog) override;
    [[nodiscard]] int local_address(sockaddr* out, unsigned* size) const override;
    [[nodiscard]] int peer_address(sockaddr* out, unsigned* size) const override;
    [[nodiscard]] int set_option(int level, int name, const void* value, unsigned size) override;
    [[nodiscard]] int option(int level, int name, void* value, unsigned* size) override;
    [[nodiscard]] int shut_down(int how) override;
    [[nodiscard]] int receive_now(void* buffer, std::size_t size) override;
    [[nodiscard]] int send_now(const msghdr& message) override;

    void vanish() noexcept override;
    void lose_connection_to(const machine& there) override;

    /// Makes the ends of a connected pair that belongs to one machine: socketpair(2).
    static void connect_pair(const std::shared_ptr<stream_descriptor>& a,
                             const std::shared_ptr<stream_descriptor>& b);

private:
    enum class phase { fresh, listening, connecting, connected, closed };

    static constexpr unsigned receive_shut = 1;
    static constexpr unsigned send_shut = 2;

    /// A piece on its way to the other end.
    class segment {
    public:
        segment() noexcept = default;
        std::vector<std::byte> data;
        bool is_end = false;    ///< FIN
        bool is_reset = false;  ///< RST
    };

    [[nodiscard]] bool attempt(request& asked) override;
    [[nodiscard]] unsigned readiness() const noexcept override;
    void released() override;
    [[nodiscard]] std::shared_ptr<stream_descriptor> self();
    [[nodiscard]] bool is_unix() const noexcept;
    [[nodiscard]] bool has_crashed() const noexcept;

    // Meeting: stream_descriptor.cpp
    [[nodiscard]] bool attempt_accept(request& asked);
    [[nodiscard]] bool attempt_connect(request& asked);
    void knock(unsigned tries);
    [[nodiscard]] std::shared_ptr<stream_descriptor> listener_at(machine& there,
                                                                 const net::endpoint& where) const;
    void welcome(const std::shared_ptr<stream_descriptor>& client);
    void connect_failed(int error);
    void join(const std::shared_ptr<stream_descriptor>& peer, phase next);
    void stop_listening();
    void send_end();

    // What is different for unix sockets: unix_stream.cpp
    [[nodiscard]] int unix_connect_error(const net::endpoint& target) const;
    [[nodiscard]] unsigned unix_readiness() const noexcept;
    [[nodiscard]] int unix_receive_error();
    [[nodiscard]] int unix_send_error();
    void unix_shut_down(unsigned sides);
    [[nodiscard]] unsigned unix_pieces_read(std::size_t count);
    void unix_hang_up(bool is_unaccepted);

    // Moving bytes: stream_transfer.cpp
    [[nodiscard]] bool attempt_receive(request& asked);
    [[nodiscard]] bool receive_many(request& asked);
    [[nodiscard]] bool attempt_send(request& asked);
    [[nodiscard]] int take_some(std::byte* out, std::size_t room, bool may_be_short);
    [[nodiscard]] int give_some(const iovec* pieces, std::size_t count);
    void finish_zero_copy(request& asked, int sent);
    [[nodiscard]] std::size_t capacity() const;
    [[nodiscard]] std::size_t room() const;
    [[nodiscard]] int take_error() noexcept { return std::exchange(error_, 0); }
    void bytes_read(std::size_t count);
    void read_by_peer(std::size_t count);

    // On the way: stream_transit.cpp
    void dispatch(segment next);
    void arrange_arrival(std::size_t size);
    void arrive();
    void wait_for_link();
    void take_segment(segment next);
    void break_off(int error);
    [[nodiscard]] int break_here();
    void close_if_both_ended();
    void reset_peer();
    void send_reset();

    int family_;
    unsigned crashes_before_;
    phase phase_ = phase::fresh;
    net::endpoint local_;
    net::endpoint remote_;
    bool is_bound_ = false;
    bool chose_port_ = false;  // nobody named one
    option_store options_;
    int error_ = 0;
    std::uint64_t connector_ = 0;  // the request that connects or has connected
    bool connect_failed_ = false;  // and no further connect has tidied up
    bool is_spoilt_ = false;       // by a shutdown after that

    std::size_t backlog_ = 0;
    std::deque<std::shared_ptr<stream_descriptor>> unaccepted_;

    std::vector<std::function<void()>> withheld_;  // notifications that come with the end

    std::weak_ptr<stream_descriptor> peer_;
    machine* peer_home_ = nullptr;
    byte_queue received_;
    std::deque<segment> on_the_way_;
    std::chrono::steady_clock::time_point last_arrival_{};
    std::chrono::steady_clock::time_point link_free_at_{};
    std::size_t unread_by_peer_ = 0;         // on the way, or arrived there and not read
    std::deque<std::size_t> unread_pieces_;  // the same of a unix socket, as they were sent
    std::uint64_t stall_ = 0;                // counts the times the link was found cut
    bool is_stalled_ = false;
    mutable bool was_full_ = false;  // somebody was told that there is no room
    bool end_sent_ = false;
    bool end_received_ = false;
    unsigned shut_ = 0;  // Linux's sk_shutdown: receive_shut | send_shut
};

}  // namespace weir::sim
