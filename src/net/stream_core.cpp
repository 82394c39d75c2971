// SPDX-License-Identifier: Apache-2.0
#include <weir/net/detail/stream_core.hpp>

#include "io/op/requests.hpp"

#include <weir/io/timer.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace weir::net::detail {

namespace {
/// How long a dropped socket may still send what was accepted for sending.
constexpr std::chrono::seconds default_linger{5};
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
        core_.receiver().set_end_listener(this);
        core_.sender().set_idle_listener(this);
        core_.receiver().end();
        if (core_.sender().queued_bytes() > 0) {
            const auto longest = reactor::time_point::max() - loop.now();
            loop.timers().arm(*this, loop.now() + std::min(linger, longest));
        }
        close_when_idle();
    }
    void hurry() noexcept {
        if (!core_.sender().is_idle()) core_.sender().fail(ECANCELED);
        close_when_idle();
    }
    void forget_listener() noexcept { listener_ = nullptr; }

    void prepare(io_uring_sqe& sqe) noexcept override { op::fill_close(sqe, core_.fd()); }
    void complete(int result, std::uint32_t, bool) noexcept override {
        std::error_code error = core_.sender().error();
        if (!error && result < 0) error = error_from_errno(-result);
        close_listener* listener = listener_;
        delete &core_;
        delete this;
        reactor::current().remove_closing();
        if (listener != nullptr) listener->closed(error);
    }

private:
    void expired() noexcept override { hurry(); }
    void receiver_ended() noexcept override { close_when_idle(); }
    void sender_idle() noexcept override { close_when_idle(); }

    void close_when_idle() noexcept {
        if (core_.receiver().is_active() || !core_.sender().is_idle()) return;
        if (status() == state::idle) start();
    }

    stream_core& core_;
    close_listener* listener_;
};

void stream_core::begin_close(std::chrono::nanoseconds linger, close_listener* listener) noexcept {
    closing_ = new closing_stream(*this, listener);
    closing_->begin(linger);
}

void stream_core::hurry_close() noexcept { closing_->hurry(); }
void stream_core::forget_close_listener() noexcept { closing_->forget_listener(); }

void stream_core_closer::operator()(stream_core* core) const noexcept {
    core->begin_close(default_linger, nullptr);
}

}  // namespace weir::net::detail
