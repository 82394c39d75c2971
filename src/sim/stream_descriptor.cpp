// SPDX-License-Identifier: Apache-2.0
#include "stream_descriptor.hpp"

#include "machine.hpp"
#include "network.hpp"
#include "simulated_kernel.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace weir::sim {

namespace {

/// Linux sends a SYN again after 1, 2, 4, ... seconds and gives up after 127 (tcp_syn_retries 6).
constexpr unsigned max_knocks = 7;
constexpr std::chrono::seconds first_pause{1};
/// How long nobody answers for an address that nobody has.
constexpr std::chrono::seconds resolution_time{3};
constexpr std::size_t max_backlog = 4096;  // net.core.somaxconn

}  // namespace

stream_descriptor::stream_descriptor(machine& home, int family)
    : descriptor(home), family_(family), crashes_before_(home.crashes()) {}

std::shared_ptr<stream_descriptor> stream_descriptor::self() {
    return std::static_pointer_cast<stream_descriptor>(shared_from_this());
}
bool stream_descriptor::is_unix() const noexcept { return family_ == AF_UNIX; }
bool stream_descriptor::has_crashed() const noexcept { return home().crashes() != crashes_before_; }

// --- names ------------------------------------------------------------------------------------

int stream_descriptor::bind(const sockaddr* address, unsigned size) {
    const net::endpoint where = net::endpoint::from_native(address, size);
    if (is_bound_ || phase_ != phase::fresh) return -EINVAL;
    if (where.family() == net::family::unspecified) return -EAFNOSUPPORT;
    if (address->sa_family != family_) return is_unix() ? -EINVAL : -EAFNOSUPPORT;
    if (!is_unix() && !home().owns(where)) return -EADDRNOTAVAIL;
    local_ = where;
    // Without a port the choice is left to connect(2), as IP_BIND_ADDRESS_NO_PORT says.
    if (!is_unix() && where.port() == 0 &&
        options_.number(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 0) != 0) {
        is_bound_ = true;
        return 0;
    }
    port_table& names = is_unix() ? home().paths() : home().stream_ports();
    const bool shared = options_.number(SOL_SOCKET, SO_REUSEPORT, 0) != 0;
    const std::uint16_t port = names.take(where, shared_from_this(), shared);
    if (port == 0) return -EADDRINUSE;
    chose_port_ = !is_unix() && where.port() == 0;
    if (!is_unix()) local_.set_port(port);
    is_bound_ = true;
    return 0;
}

int stream_descriptor::listen(int backlog) {
    if (phase_ != phase::fresh && phase_ != phase::listening) return -EINVAL;
    if (connect_failed_) return -EINVAL;
    if (!is_bound_) {
        if (is_unix()) return -EINVAL;
        net::endpoint where = local_;
        if (where.family() == net::family::unspecified) {
            where =
                net::endpoint::any(0, family_ == AF_INET6 ? net::family::ipv6 : net::family::ipv4);
        }
        if (const int bound = bind(where.native(), where.native_size()); bound < 0) return bound;
    }
    backlog_ = backlog < 0 ? max_backlog : std::min(static_cast<std::size_t>(backlog), max_backlog);
    phase_ = phase::listening;
    return 0;
}

namespace {

int copy_address(const net::endpoint& from, int family, sockaddr* out, unsigned* size) {
    if (from.family() == net::family::unspecified) {
        sockaddr_storage none{};
        none.ss_family = static_cast<sa_family_t>(family);
        const unsigned length = family == AF_INET    ? sizeof(sockaddr_in)
                                : family == AF_INET6 ? sizeof(sockaddr_in6)
                                                     : sizeof(sa_family_t);
        std::memcpy(out, &none, std::min(*size, length));
        *size = length;
        return 0;
    }
    std::memcpy(out, from.native(), std::min(*size, from.native_size()));
    *size = from.native_size();
    return 0;
}

}  // namespace

int stream_descriptor::local_address(sockaddr* out, unsigned* size) const {
    return copy_address(local_, family_, out, size);
}
int stream_descriptor::peer_address(sockaddr* out, unsigned* size) const {
    const bool is_known = phase_ == phase::connected || (is_unix() && peer_home_ != nullptr);
    if (!is_known) return -ENOTCONN;
    return copy_address(remote_, family_, out, size);
}

int stream_descriptor::set_option(int level, int name, const void* value, unsigned size) {
    if (is_unix() && level != SOL_SOCKET) return -EOPNOTSUPP;
    return options_.set(level, name, value, size);
}
int stream_descriptor::option(int level, int name, void* value, unsigned* size) {
    if (is_unix() && level != SOL_SOCKET) return -EOPNOTSUPP;
    if (level == SOL_SOCKET && name == SO_ERROR && *size >= sizeof(int)) {
        const int error = take_error();
        std::memcpy(value, &error, sizeof error);
        *size = sizeof error;
        return 0;
    }
    return options_.get(level, name, value, size);
}

// --- requests ---------------------------------------------------------------------------------

bool stream_descriptor::attempt(request& asked) {
    switch (asked.sqe.opcode) {
        case IORING_OP_ACCEPT:
            return attempt_accept(asked);
        case IORING_OP_CONNECT:
            return attempt_connect(asked);
        case IORING_OP_RECV:
            return attempt_receive(asked);
        case IORING_OP_SEND:
        case IORING_OP_SENDMSG:
        case IORING_OP_SEND_ZC:
            return attempt_send(asked);
        case IORING_OP_SHUTDOWN:
            asked.kernel.complete(asked, shut_down(static_cast<int>(asked.sqe.len)), 0);
            return true;
        default:
            asked.kernel.complete(asked, -EOPNOTSUPP, 0);
            return true;
    }
}

unsigned stream_descriptor::readiness() const noexcept {
    if (is_unix()) return unix_readiness();
    // As tcp_poll has it.
    if (phase_ == phase::listening) return unaccepted_.empty() ? 0U : POLLIN;
    unsigned events = 0;
    const bool is_closed = phase_ == phase::fresh || phase_ == phase::closed;
    if (is_closed || shut_ == (receive_shut | send_shut)) events |= POLLHUP;
    if ((shut_ & receive_shut) != 0) events |= POLLIN | POLLRDHUP;
    if (error_ != 0) events |= POLLERR;
    if (phase_ == phase::connecting) return events;
    if (!received_.empty()) events |= POLLIN;
    if (room() == 0) was_full_ = true;  // who looks and finds no room is told (SOCK_NOSPACE)
    if ((shut_ & send_shut) != 0 || (room() > 0 && !was_full_)) events |= POLLOUT;
    return events;
}

bool stream_descriptor::attempt_accept(request& asked) {
    if (phase_ != phase::listening) {
        asked.kernel.complete(asked, -EINVAL, 0);
        return true;
    }
    while (!unaccepted_.empty()) {
        const bool is_short = home().faults().strikes(fault::no_descriptor);
        const int fd = is_short ? -EMFILE : home().add(unaccepted_.front());
        if (fd < 0) {
            asked.kernel.complete(asked, fd, 0);
            return true;
        }
        unaccepted_.pop_front();
        asked.kernel.complete(asked, fd, asked.is_multishot() ? IORING_CQE_F_MORE : 0);
        if (asked.is_over) return true;
    }
    // Linux says so of a unix listener that is shut down when it has looked 128 times.
    if (!is_unix() || asked.is_multishot() || (shut_ & receive_shut) == 0) return false;
    asked.kernel.complete(asked, -EINVAL, 0);
    return true;
}

int stream_descriptor::shut_down(int how) {
    if (how < SHUT_RD || how > SHUT_RDWR) return -EINVAL;
    const unsigned sides = static_cast<unsigned>(how) + 1;
    if (is_unix()) return unix_shut_down(sides), 0;
    int outcome = 0;
    if (phase_ == phase::listening) {
        if ((sides & receive_shut) != 0) stop_listening();
    } else if (phase_ == phase::connecting) {
        phase_ = phase::fresh;
        error_ = ECONNRESET;
    } else {
        // Linux keeps it in mind for a socket without a connection, too.
        shut_ |= sides;
        is_spoilt_ = is_spoilt_ || connect_failed_;
        if (phase_ != phase::connected) outcome = -ENOTCONN;
        if (phase_ == phase::connected && (sides & send_shut) != 0) send_end();
    }
    notify(every_event);
    return outcome;
}

void stream_descriptor::stop_listening() {
    phase_ = phase::fresh;
    shut_ = 0;
    if (chose_port_) {
        home().stream_ports().give_back(*this);
        local_.set_port(0);
        is_bound_ = false;
    }
    notify(POLLERR);
    for (const auto& each : std::exchange(unaccepted_, {})) each->reset_peer();
    notify(every_event);
}

void stream_descriptor::send_end() {
    if (std::exchange(end_sent_, true)) return;
    segment end;
    end.is_end = true;
    dispatch(std::move(end));
    close_if_both_ended();
}

// --- meeting ----------------------------------------------------------------------------------

bool stream_descriptor::attempt_connect(request& asked) {
    const auto answer = [&](int result) {
        asked.kernel.complete(asked, result, 0);
        return true;
    };
    if (connector_ == asked.id) {
        if (phase_ == phase::connecting) return false;
        if (peer_home_ != nullptr) return answer(0);
        const int error = take_error();
        return answer(error == 0 ? -ECONNABORTED : -error);
    }
    if (phase_ == phase::connecting) return answer(-EALREADY);
    const auto target =
        net::endpoint::from_native(reinterpret_cast<const sockaddr*>(asked.name.data()),
                                   static_cast<unsigned>(asked.name.size()));
    if (is_unix()) {
        if (const int error = unix_connect_error(target); error != 0) return answer(error);
    }
    if (phase_ != phase::fresh) return answer(-EISCONN);
    if (is_spoilt_) return answer(-EINVAL);
    // io_uring takes the error of a failed one, but leaves it to the next connect to tidy up.
    if (std::exchange(connect_failed_, false)) {
        shut_ = 0;
        notify(POLLERR);
    }
    connector_ = asked.id;
    remote_ = target;
    if (remote_.family() == net::family::unspecified) return answer(-EAFNOSUPPORT);
    phase_ = phase::connecting;
    if (!is_unix() && (local_.family() == net::family::unspecified || local_.port() == 0)) {
        if (local_.family() == net::family::unspecified) local_ = home().source_towards(remote_);
        local_.set_port(home().stream_ports().take(local_, shared_from_this(), false));
    }
    knock(0);
    if (phase_ == phase::connecting) return false;
    return answer(peer_home_ != nullptr ? 0 : -take_error());
}

std::shared_ptr<stream_descriptor> stream_descriptor::listener_at(
    machine& there, const net::endpoint& where) const {
    std::vector<std::shared_ptr<stream_descriptor>> found;
    port_table& names = is_unix() ? there.paths() : there.stream_ports();
    for (const auto& each : names.at(where)) {
        auto socket = std::static_pointer_cast<stream_descriptor>(each);
        if (socket->phase_ == phase::listening && !socket->is_released()) found.push_back(socket);
    }
    if (found.empty()) return nullptr;
    return found[home().world().chance().below(found.size())];
}

void stream_descriptor::knock(unsigned tries) {
    if (phase_ != phase::connecting || has_crashed()) return;
    engine& world = home().world();
    const auto me = self();
    machine* there = is_unix() ? &home() : home().between().find(home(), remote_);
    if (there == nullptr) {
        world.after(resolution_time, [me] { me->connect_failed(EHOSTUNREACH); });
        return;
    }
    if (tries == max_knocks) return connect_failed(ETIMEDOUT);
    const auto try_again = [me, &world, tries] {
        world.after(first_pause * (1U << tries), [me, tries] { me->knock(tries + 1); });
    };
    if (!home().between().is_connected(home(), *there)) return try_again();
    const auto arrives = [me, there, try_again] {
        if (me->phase_ != phase::connecting) return;
        if (!there->is_up()) return try_again();
        const auto listener = me->listener_at(*there, me->remote_);
        const auto back = me->home().between().travel_time(*there, me->home(), 0);
        if (listener == nullptr) {
            if (back.count() == 0) return me->connect_failed(ECONNREFUSED);
            me->home().world().after(back, [me] { me->connect_failed(ECONNREFUSED); });
        } else if (listener->unaccepted_.size() > listener->backlog_) {
            try_again();
        } else {
            listener->welcome(me);
        }
    };
    const auto travel = home().between().travel_time(home(), *there, 0);
    if (travel.count() == 0) return arrives();
    world.after(travel, arrives);
}

void stream_descriptor::welcome(const std::shared_ptr<stream_descriptor>& client) {
    auto server = std::make_shared<stream_descriptor>(home(), family_);
    server->options_ = options_;
    server->local_ = is_unix() ? local_ : client->remote_;
    server->remote_ = client->local_;
    server->is_bound_ = true;
    server->join(client, phase::connected);
    unaccepted_.push_back(server);
    const auto back = home().between().travel_time(home(), client->home(), 0);
    const auto answered = [client, server] {
        if (client->phase_ != phase::connecting) return server->reset_peer();
        client->join(server, phase::connected);
        client->notify(every_event);
    };
    if (back.count() == 0) {
        answered();
    } else {
        home().world().after(back, answered);
        // What the server sends must not overtake the answer.
        server->last_arrival_ = home().world().now() + back;
    }
    notify(POLLIN);
}

void stream_descriptor::join(const std::shared_ptr<stream_descriptor>& peer, phase next) {
    peer_ = peer;
    peer_home_ = &peer->home();
    phase_ = next;
}

void stream_descriptor::connect_pair(const std::shared_ptr<stream_descriptor>& a,
                                     const std::shared_ptr<stream_descriptor>& b) {
    a->join(b, phase::connected);
    b->join(a, phase::connected);
}

void stream_descriptor::connect_failed(int error) {
    if (phase_ != phase::connecting) return;
    phase_ = phase::fresh;
    home().stream_ports().give_back(*this);
    if (!is_bound_) local_ = net::endpoint();
    error_ = error;
    connect_failed_ = true;
    shut_ = receive_shut | send_shut;
    notify(every_event);
}

void stream_descriptor::vanish() noexcept {
    descriptor::vanish();
    for (const auto& each : unaccepted_) each->vanish();
    unaccepted_.clear();
}

void stream_descriptor::released() {
    const auto me = shared_from_this();
    for (auto& each : std::exchange(withheld_, {})) home().world().after({}, std::move(each));
    port_table& names = is_unix() ? home().paths() : home().stream_ports();
    names.give_back(*this);
    for (const auto& each : std::exchange(unaccepted_, {})) {
        is_unix() ? each->unix_hang_up(true) : each->reset_peer();
    }
    if (is_unix()) return unix_hang_up(false);
    if (phase_ == phase::connecting) phase_ = phase::closed;
    if (phase_ != phase::connected) return;
    struct linger how{};
    unsigned size = sizeof how;
    static_cast<void>(options_.get(SOL_SOCKET, SO_LINGER, &how, &size));
    const bool is_abrupt = size == sizeof how && how.l_onoff != 0 && how.l_linger == 0;
    if (is_abrupt || !received_.empty()) return reset_peer();
    send_end();
}

}  // namespace weir::sim
