// SPDX-License-Identifier: Apache-2.0
// tcp_acceptor: accepts connections, TCP or unix.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/net/socket_options.hpp>
#include <weir/net/tcp_socket.hpp>

#include <coroutine>
#include <cstdint>
#include <memory>
#include <string>

namespace weir::net {

namespace detail {
class accept_core;
struct accept_core_closer {
    void operator()(accept_core* core) const noexcept;
};
}  // namespace detail

/// A listening socket. Owns its descriptor. Moves, does not copy; belongs to one shard. Destroying
/// it ends listening; connections that were accepted and not yet asked for are closed.
///
/// When descriptors run out, accepting pauses and goes on by itself once some are free again;
/// connections wait in the backlog meanwhile.
///
/// ```cpp
/// auto acceptor = weir::net::tcp_acceptor::listen(*weir::net::endpoint::parse("127.0.0.1:0"));
/// while (auto socket = co_await acceptor->accept()) { ... }
/// ```
class tcp_acceptor {
public:
    class accept_awaiter;

    /// Binds to `where` and listens. Port 0 lets the system choose: see `local_endpoint`.
    ///
    /// Errors: address_in_use, permission_denied, address_not_available, too_many_files_open,
    ///         invalid_argument.
    [[nodiscard]] static result<tcp_acceptor> listen(const endpoint& where,
                                                     const socket_options& options = {});

    /// Waits for the next connection.
    ///
    /// @return        the connected socket, with the acceptor's options.
    /// Errors:        operation_canceled; bad_file_descriptor after `close`.
    /// Cancellation:  a connection that was accepted in spite of the stop is kept for the next
    /// call. Concurrency:   one accept at a time. Allocates:     the socket's state, pooled.
    /// Source:        io_uring_prep_multishot_accept(3), kernel >= 5.19.
    [[nodiscard]] accept_awaiter accept() noexcept;

    /// Stops listening: connections in the backlog are refused.
    void close() noexcept { core_.reset(); }
    [[nodiscard]] bool is_open() const noexcept { return core_ != nullptr; }
    /// Where it really listens, with the chosen port.
    [[nodiscard]] const endpoint& local_endpoint() const noexcept { return local_; }
    /// How often accepting paused because no descriptor was free.
    [[nodiscard]] std::uint64_t descriptor_shortages() const noexcept;

private:
    explicit tcp_acceptor(int fd, endpoint local);

    std::unique_ptr<detail::accept_core, detail::accept_core_closer> core_;
    endpoint local_;
};

class tcp_acceptor::accept_awaiter final : public wait_point {
public:
    explicit accept_awaiter(detail::accept_core* core) noexcept : core_(core) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return begin(self.promise());
    }
    [[nodiscard]] result<tcp_socket> await_resume();
    void request_stop() noexcept override;
    void describe(std::string& out) const override { out += "accept"; }

private:
    friend class detail::accept_core;

    [[nodiscard]] bool begin(weir::detail::promise_base& promise) noexcept;
    void take(int fd_or_error) noexcept;

    detail::accept_core* core_;
    int outcome_ = 0;  // a descriptor, or a negative errno value
};

}  // namespace weir::net
