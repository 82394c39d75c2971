// SPDX-License-Identifier: Apache-2.0
// descriptor: what a number in a simulated process stands for, and the requests that wait for it.
//
// A request is attempted when it is submitted and again whenever something about the descriptor
// has changed, as Linux does behind its own poll. Requests hold what they name: closing the number
// does not end them.
#pragma once

#include "request.hpp"

#include <cstdint>
#include <memory>
#include <vector>

struct sockaddr;

namespace weir::sim {

class machine;

/// A change that concerns whoever waits, whatever for.
constexpr unsigned every_event = 0x7fffffff;

class descriptor : public std::enable_shared_from_this<descriptor> {
public:
    explicit descriptor(machine& home) noexcept : home_(home) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    virtual ~descriptor() = default;

    void submit(const request_ptr& asked);
    /// Takes a waiting request back; false when it does not wait here.
    [[nodiscard]] bool withdraw(const request& asked) noexcept;
    /// The number is gone. What it stood for ends with the last request that holds it.
    void close();
    /// Whether nothing refers to it any more: neither a number nor a request.
    [[nodiscard]] bool is_released() const noexcept { return released_; }
    /// The process has died: there is no end that anybody would hear of.
    virtual void vanish() noexcept;
    /// The network has lost its connection, if it has one to `there`.
    virtual void lose_connection_to(const machine& there);

    // The calls beside the ring: >= 0, or a negative errno value.
    [[nodiscard]] virtual int bind(const sockaddr* address, unsigned size);
    [[nodiscard]] virtual int listen(int backlog);
    [[nodiscard]] virtual int local_address(sockaddr* out, unsigned* size) const;
    [[nodiscard]] virtual int peer_address(sockaddr* out, unsigned* size) const;
    [[nodiscard]] virtual int set_option(int level, int name, const void* value, unsigned size);
    [[nodiscard]] virtual int option(int level, int name, void* value, unsigned* size);
    [[nodiscard]] virtual int shut_down(int how);
    [[nodiscard]] virtual int receive_now(void* buffer, std::size_t size);
    [[nodiscard]] virtual int send_now(const msghdr& message);

protected:
    /// Tries to do what is asked. Returns true when no further attempt is needed: the last
    /// completion has been given.
    [[nodiscard]] virtual bool attempt(request& asked) = 0;
    /// What poll(2) would report now.
    [[nodiscard]] virtual unsigned readiness() const noexcept = 0;
    /// Nothing refers to it any more.
    virtual void released() {}

    /// `events` of poll(2) have happened: waiting requests are attempted again.
    void notify(unsigned events);
    [[nodiscard]] machine& home() const noexcept { return home_; }

private:
    [[nodiscard]] bool attempt_or_poll(request& asked, unsigned events, bool is_first);
    void enqueue(const request_ptr& asked);
    void release_if_unused();

    machine& home_;
    std::vector<request_ptr> waiting_;
    bool closed_ = false;
    bool released_ = false;
};

/// Raised by other threads or shards; readable until it is cleared.
class event_descriptor final : public descriptor {
public:
    using descriptor::descriptor;
    void raise();
    void clear() noexcept { raised_ = false; }

private:
    [[nodiscard]] bool attempt(request& asked) override;
    [[nodiscard]] unsigned readiness() const noexcept override;

    bool raised_ = false;
};

}  // namespace weir::sim
