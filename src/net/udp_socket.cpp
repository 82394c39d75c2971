// SPDX-License-Identifier: Apache-2.0
#include <weir/net/udp_socket.hpp>

#include "datagram_buffers.hpp"
#include "io/kernel.hpp"
#include "io/op/requests.hpp"

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/unique_fd.hpp>
#include <weir/io/operation.hpp>
#include <weir/io/reactor.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <utility>

namespace weir::net {

namespace detail {

namespace {
constexpr unsigned buffer_id_shift = 16;  // IORING_CQE_BUFFER_SHIFT
/// What the kernel puts before the bytes of a datagram: lengths and flags, then the source.
constexpr std::size_t source_bytes = sizeof(sockaddr_in6);
constexpr std::size_t head_bytes = sizeof(io_uring_recvmsg_out) + source_bytes;
}  // namespace

/// The multishot receive behind a socket. Outlives the handle until its last completion.
///
///   idle --receive()--> armed --no buffer is free--> starved --one comes back--> armed
///   armed --error--> idle (told to the one who waits);   any --close--> closing --> deleted
class datagram_core final : public operation, private buffer_listener {
public:
    explicit datagram_core(unique_fd fd, unsigned max_queued) noexcept
        : fd_(std::move(fd)), max_queued_(max_queued) {
        layout_.msg_namelen = source_bytes;
    }
    ~datagram_core() {
        queue_.clear();
        if (buffers_ != nullptr) buffers_->orphan();
    }

    [[nodiscard]] result<void> open_buffers(kernel& system, std::size_t max_datagram_bytes) {
        auto opened =
            datagram_buffers::open(system, 2 * max_queued_, head_bytes + max_datagram_bytes, *this);
        if (!opened) return fail(opened.error());
        buffers_ = *opened;
        return {};
    }

    [[nodiscard]] int fd() const noexcept { return fd_.value(); }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

    /// Gives the oldest datagram, or the next one, to `waiter`. Returns true when at once.
    [[nodiscard]] bool wait(udp_socket::receive_awaiter& waiter) noexcept {
        WEIR_ASSERT(waiter_ == nullptr, "a second receive was started while one is in flight");
        if (!queue_.empty()) {
            waiter.take(std::move(queue_.front()));
            queue_.pop_front();
            return true;
        }
        if (const int error = std::exchange(error_, 0); error != 0) {
            waiter.take_error(error_from_errno(error));
            return true;
        }
        waiter_ = &waiter;
        arm();
        return false;
    }
    void forget() noexcept { waiter_ = nullptr; }

    void close() noexcept {
        closing_ = true;
        reactor::current().add_closing();
        if (auto* waiter = std::exchange(waiter_, nullptr)) {
            waiter->take_error(error_from_errno(EBADF));
        }
        if (!is_active()) return finish();
        cancel();
    }

    void prepare(io_uring_sqe& sqe) noexcept override {
        op::fill_receive_message_multishot(sqe, fd_.value(), layout_, buffers_->group());
    }

    void complete(int result, std::uint32_t flags, bool more) noexcept override {
        if (result >= 0) {
            deliver(read(static_cast<std::uint16_t>(flags >> buffer_id_shift),
                         static_cast<std::size_t>(result)));
        } else if (result != -ENOBUFS && result != -ECANCELED) {
            report(-result);
        }
        if (more) return;
        if (closing_) return finish();
        // After an error only a reader starts it again, so that a lasting one does not spin.
        if (result >= 0 || result == -ENOBUFS || waiter_ != nullptr) arm();
    }

private:
    void arm() noexcept {
        if (!is_active() && !buffers_->is_empty()) start();
    }
    void buffer_returned() noexcept override {
        if (!closing_) arm();
    }

    /// Takes a buffer apart: lengths, source, bytes.
    [[nodiscard]] datagram read(std::uint16_t id, std::size_t filled) noexcept {
        buffer_lease lease = buffers_->take(id, filled);
        const mutable_bytes all = lease.data();
        io_uring_recvmsg_out head{};
        std::memcpy(&head, all.data(), sizeof head);
        const auto source_size = std::min<std::size_t>(head.namelen, source_bytes);
        sockaddr_storage source{};
        std::memcpy(&source, all.data() + sizeof head, source_size);
        lease.narrow(all.subspan(head_bytes));
        return datagram(std::move(lease),
                        endpoint::from_native(reinterpret_cast<const sockaddr*>(&source),
                                              static_cast<unsigned>(source_size)),
                        (head.flags & MSG_TRUNC) != 0);
    }
    void deliver(datagram&& arrived) noexcept {
        if (closing_) return;
        if (auto* waiter = std::exchange(waiter_, nullptr)) {
            return waiter->take(std::move(arrived));
        }
        if (queue_.size() >= max_queued_) {
            queue_.pop_front();
            ++dropped_;
        }
        queue_.push_back(std::move(arrived));
    }
    void report(int error) noexcept {
        if (auto* waiter = std::exchange(waiter_, nullptr)) {
            waiter->take_error(error_from_errno(error));
        } else {
            error_ = error;
        }
    }
    void finish() noexcept {
        reactor::current().remove_closing();
        delete this;
    }

    unique_fd fd_;
    unsigned max_queued_;
    datagram_buffers* buffers_ = nullptr;
    msghdr layout_{};
    udp_socket::receive_awaiter* waiter_ = nullptr;
    std::deque<datagram> queue_;
    std::uint64_t dropped_ = 0;
    int error_ = 0;  // met while nobody received
    bool closing_ = false;
};

void datagram_core_closer::operator()(datagram_core* core) const noexcept { core->close(); }

}  // namespace detail

namespace {

constexpr std::size_t max_udp_bytes = 65527;
constexpr unsigned most_queued = 8192;

result<void> prepare_socket(kernel& system, int fd, const endpoint& where,
                            const udp_options& options) {
    int error = 0;
    const auto set = [&](int level, int name, int value) {
        if (error == 0) error = system.set_option(fd, level, name, &value, sizeof value);
    };
    if (options.reuse_address) set(SOL_SOCKET, SO_REUSEADDR, 1);
    if (options.reuse_port) set(SOL_SOCKET, SO_REUSEPORT, 1);
    if (options.broadcast) set(SOL_SOCKET, SO_BROADCAST, 1);
    if (options.ipv6_only && where.family() == family::ipv6) set(IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (options.receive_buffer_bytes > 0) {
        set(SOL_SOCKET, SO_RCVBUF, static_cast<int>(options.receive_buffer_bytes));
    }
    if (options.send_buffer_bytes > 0) {
        set(SOL_SOCKET, SO_SNDBUF, static_cast<int>(options.send_buffer_bytes));
    }
    if (error == 0) error = system.bind(fd, where.native(), where.native_size());
    if (error < 0) return fail(error_from_errno(-error));
    return {};
}

bool is_valid(const endpoint& where, const udp_options& options) noexcept {
    const bool is_ip = where.family() == family::ipv4 || where.family() == family::ipv6;
    return is_ip && options.max_datagram_bytes >= 1 &&
           options.max_datagram_bytes <= max_udp_bytes && options.max_queued_datagrams >= 1 &&
           options.max_queued_datagrams <= most_queued;
}

}  // namespace

udp_socket::udp_socket(detail::datagram_core* core, const endpoint& local) noexcept
    : core_(core), local_(local) {}

result<udp_socket> udp_socket::bind(const endpoint& where, const udp_options& options) {
    if (!is_valid(where, options)) return fail(std::errc::invalid_argument);
    kernel& system = reactor::current().system();
    const int opened = system.socket(where.native()->sa_family, SOCK_DGRAM, 0);
    if (opened < 0) return fail(error_from_errno(-opened));
    unique_fd fd(opened);
    if (auto prepared = prepare_socket(system, opened, where, options); !prepared) {
        return fail(prepared.error());
    }
    sockaddr_storage address{};
    unsigned size = sizeof address;
    const int named = system.local_address(opened, reinterpret_cast<sockaddr*>(&address), &size);
    if (named < 0) return fail(error_from_errno(-named));
    auto core =
        std::make_unique<detail::datagram_core>(std::move(fd), options.max_queued_datagrams);
    auto buffers = core->open_buffers(system, options.max_datagram_bytes);
    if (!buffers) return fail(buffers.error());
    return udp_socket(core.release(),
                      endpoint::from_native(reinterpret_cast<sockaddr*>(&address), size));
}

op::connect udp_socket::connect(const endpoint& peer) noexcept {
    return op::connect(native_handle(), peer.native(), peer.native_size());
}

udp_socket::receive_awaiter udp_socket::receive() noexcept {
    WEIR_ASSERT(core_ != nullptr, "a socket was used after it was closed or moved away");
    return receive_awaiter(*core_);
}

udp_socket::send_awaiter udp_socket::send_to(bytes data, const endpoint& to) noexcept {
    return send_awaiter(native_handle(), data, to);
}
udp_socket::send_awaiter udp_socket::send(bytes data) noexcept {
    return send_awaiter(native_handle(), data, endpoint());
}

result<void> udp_socket::join_multicast(const endpoint& group, unsigned interface_index) {
    return change_membership(group, interface_index, true);
}
result<void> udp_socket::leave_multicast(const endpoint& group, unsigned interface_index) {
    return change_membership(group, interface_index, false);
}

result<void> udp_socket::change_membership(const endpoint& group, unsigned interface_index,
                                           bool joins) {
    // The protocol-independent form of RFC 3678, which ip(7) and ipv6(7) share.
    group_req request{};
    request.gr_interface = interface_index;
    if (group.native_size() > sizeof request.gr_group) return fail(std::errc::invalid_argument);
    std::memcpy(&request.gr_group, group.native(), group.native_size());
    const int level = group.family() == family::ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
    const int error = reactor::current().system().set_option(
        native_handle(), level, joins ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP, &request,
        sizeof request);
    if (error < 0) return fail(error_from_errno(-error));
    return {};
}

std::uint64_t udp_socket::dropped_datagrams() const noexcept {
    WEIR_ASSERT(core_ != nullptr, "a socket was used after it was closed or moved away");
    return core_->dropped();
}
int udp_socket::native_handle() const noexcept {
    WEIR_ASSERT(core_ != nullptr, "a socket was used after it was closed or moved away");
    return core_->fd();
}

bool udp_socket::receive_awaiter::begin(weir::detail::promise_base& promise) noexcept {
    if (promise.ambient().is_stopped()) {
        error_ = stopped_error();
        return false;
    }
    if (core_.wait(*this)) return false;
    suspend(promise);
    return true;
}
void udp_socket::receive_awaiter::take(datagram&& arrived) noexcept {
    arrived_ = std::move(arrived);
    if (is_waiting()) wake();
}
void udp_socket::receive_awaiter::take_error(std::error_code error) noexcept {
    error_ = error;
    if (is_waiting()) wake();
}
void udp_socket::receive_awaiter::request_stop() noexcept {
    core_.forget();
    error_ = stopped_error();
    wake();
}

}  // namespace weir::net
