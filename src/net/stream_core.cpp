// SPDX-License-Identifier: Apache-2.0
#include <weir/net/detail/stream_core.hpp>

#include "io/kernel.hpp"
#include "io/op/requests.hpp"

#include <weir/io/timer.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace weir::net::detail {

namespace {
/// How long a dropped socket may still send what was accepted for sending.
constexpr std::chrono::seconds default_linger{5};
constexpr std::size_t max_discarded_bytes = 64 * 1024;
}  // namespace

/// The end of a core: drains the sender, ends both directions, closes the descriptor.
class closing_stream final : public operation,
                             public weir::detail::pooled,
                             private timer,
                             private receiver::end_listener,
                             private sender::idle_listener {
public:
    explicit closing_stream(stream_core& core, close_listener* listener) noexcept
        : core_(core), listener_(listener) {}
    ~closing_stream() { reactor::current().timers().disarm(*this); }

    void begin(std::chrono::nanoseconds linger) noexcept {
        reactor& loop = reactor::current();
        loop.add_closing();
        core_.sender().set_idle_listener(this);
        // A peer that is gone may miss that; nothing is lost by it.
        only_end_is_left_ = core_.sender().has_sent_all() && !core_.sender().has_failed();
        core_.sender().push_end();
        core_.receiver().end(*this);  // last: it may find all else idle, and begin the close
        if (!core_.sender().is_idle()) {
            const auto longest = reactor::time_point::max() - loop.now();
            loop.timers().arm(*this, loop.now() + std::min(linger, longest));
        }
        close_when_idle();
    }
    /// The one that ends `core`; only after `begin`.
    [[nodiscard]] static closing_stream& of(stream_core& core) noexcept {
        return static_cast<closing_stream&>(core.receiver().listener());
    }
    void hurry() noexcept {
        hurried_ = true;
        const bool only_ends = core_.sender().only_ends();  // all contents are with the kernel
        if (!core_.sender().has_sent_all()) core_.sender().fail(ECANCELED);
        // Without a reset the kernel keeps the memory of zero-copy sends while it tries again.
        if (!core_.sender().is_idle() && !only_ends) reset_on_close();
        close_when_idle();
    }

    void prepare(io_uring_sqe& sqe) noexcept override { op::fill_close(sqe, core_.fd()); }
    void complete(int result, std::uint32_t, bool) noexcept override {
        if (!only_end_is_left_) error_ = core_.sender().error();
        if (!error_ && result < 0) error_ = error_from_errno(-result);
        is_closed_ = true;
        end_when_released();
    }

private:
    void expired() noexcept override { hurry(); }
    void receiver_ended() noexcept override { close_when_idle(); }
    void sender_idle() noexcept override {
        if (is_closed_) return end_when_released();
        close_when_idle();
    }

    void close_when_idle() noexcept {
        const bool is_released =
            hurried_ ? core_.sender().has_sent_all() : core_.sender().is_idle();
        if (core_.receiver().is_active() || !is_released) return;
        if (status() != state::idle) return;
        if (core_.sender().layer() != nullptr) discard_arrived();
        start();
    }
    /// Records that nobody asked for, as the tickets of TLS 1.3: closing upon unread bytes would
    /// reset the connection, and the peer lose what it has not read yet.
    void discard_arrived() noexcept {
        std::array<std::byte, 4096> scratch;
        std::size_t left = max_discarded_bytes;
        while (left > 0) {
            const int got = reactor::current().system().receive_now(core_.fd(), scratch.data(),
                                                                    std::min(scratch.size(), left));
            if (got <= 0) return;
            left -= static_cast<std::size_t>(got);
        }
    }
    void end_when_released() noexcept {
        if (!core_.sender().is_idle()) return;
        close_listener* listener = listener_;
        const std::error_code error = error_;
        delete &core_;
        delete this;
        reactor::current().remove_closing();
        if (listener != nullptr) listener->closed(error);
    }
    void reset_on_close() noexcept {
        const linger at_once{1, 0};
        static_cast<void>(reactor::current().system().set_option(core_.fd(), SOL_SOCKET, SO_LINGER,
                                                                 &at_once, sizeof at_once));
    }

    stream_core& core_;
    close_listener* listener_;
    std::error_code error_;
    bool only_end_is_left_ = false;
    bool hurried_ = false;
    bool is_closed_ = false;
};

void stream_core::begin_close(std::chrono::nanoseconds linger, close_listener* listener) noexcept {
    (new closing_stream(*this, listener))->begin(linger);
}

void stream_core::hurry_close() noexcept { closing_stream::of(*this).hurry(); }

void stream_core_closer::operator()(stream_core* core) const noexcept {
    core->begin_close(default_linger, nullptr);
}

}  // namespace weir::net::detail
