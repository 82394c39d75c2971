// SPDX-License-Identifier: Apache-2.0
// wake_up: gets a sleeping shard out of `enter` from another thread. A thread that has a ring of
// its own sends a ring message, which leaves with its next `enter` and costs no system call; any
// other writes to an eventfd.
#pragma once

#include <weir/base/unique_fd.hpp>
#include <weir/io/operation.hpp>

#include <memory>

namespace weir {

class wake_up {
public:
    explicit wake_up(reactor& owner);
    wake_up(const wake_up&) = delete;
    wake_up& operator=(const wake_up&) = delete;
    ~wake_up();

    /// Any thread.
    void signal() noexcept;

private:
    class listener;
    class ring_message;

    void write_event() noexcept;

    reactor& owner_;
    int ring_fd_;
    unique_fd event_;
    std::unique_ptr<listener> listener_;
};

}  // namespace weir
