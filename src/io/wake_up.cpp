// SPDX-License-Identifier: Apache-2.0
#include "wake_up.hpp"

#include "kernel.hpp"
#include "op/requests.hpp"

#include <weir/base/assert.hpp>
#include <weir/io/reactor.hpp>

#include <poll.h>

namespace weir {

/// Waits on the eventfd for as long as the reactor lives.
class wake_up::listener final : public operation {
public:
    explicit listener(kernel& system, int event) noexcept : system_(system), event_(event) {}

    void prepare(io_uring_sqe& sqe) noexcept override {
        op::fill_poll_multishot(sqe, event_, POLLIN);
    }
    void complete(int, std::uint32_t, bool more) noexcept override {
        system_.clear_event(event_);
        if (!more && !ending_) start();
    }
    void end() noexcept {
        ending_ = true;
        cancel();
    }

private:
    kernel& system_;
    int event_;
    bool ending_ = false;
};

/// Sent from another shard's ring; falls back to the eventfd if that ring refuses it.
class wake_up::ring_message final : public operation, public detail::pooled {
public:
    explicit ring_message(wake_up& target) noexcept : target_(target) {}

    void prepare(io_uring_sqe& sqe) noexcept override {
        op::fill_ring_message(sqe, target_.ring_fd_);
    }
    void complete(int result, std::uint32_t, bool) noexcept override {
        if (result < 0) target_.write_event();
        delete this;
    }

private:
    wake_up& target_;
};

wake_up::wake_up(reactor& owner)
    : owner_(owner),
      ring_fd_(owner.system().ring_fd()),
      event_(owner.system().open_event()),
      listener_(std::make_unique<listener>(owner.system(), event_.value())) {
    WEIR_ASSERT(event_.is_open(), "eventfd(2) failed: the limit of open files is reached");
    listener_->start();
}

wake_up::~wake_up() {
    listener_->end();
    while (listener_->is_active()) owner_.turn(true);
}

void wake_up::signal() noexcept {
    if (reactor* sender = reactor::current_or_null(); sender != nullptr && sender != &owner_) {
        if (sender->system().features().message_ring) return (new ring_message(*this))->start();
    }
    write_event();
}

void wake_up::write_event() noexcept { owner_.system().raise_event(event_.value()); }

}  // namespace weir
