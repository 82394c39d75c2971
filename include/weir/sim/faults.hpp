// SPDX-License-Identifier: Apache-2.0
// faults: what a simulated kernel may do to an application beyond the usual. Each kind strikes by
// chance, at chosen times, or never.
#pragma once

#include <weir/base/random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::sim {

/// A thing that a kernel, a network or a disk may do at any time.
enum class fault : std::uint8_t {
    short_receive,          ///< a receive through the ring gives less than has arrived
    short_send,             ///< a send takes less than there is room for
    no_receive_buffer,      ///< ENOBUFS ends a multishot receive although buffers are there
    full_completion_queue,  ///< a multishot request ends with a result, because nothing more fits
    lost_cancel,            ///< a cancel comes too late: the request goes on
    late_cancel,            ///< the completion of a cancelled request comes a second later
    no_descriptor,          ///< EMFILE from accept, socket and open
    no_memory,              ///< ENOMEM from a send
    spurious_wake_up,       ///< a poll reports an event that is not there (EAGAIN follows)
    reset,                  ///< the connection breaks at this receive or send (ECONNRESET)
    reordered_completions,  ///< completions of different requests come in another order
    late_notification,      ///< the notification of a zero-copy send comes a second later
    withheld_notification,  ///< ... comes when the socket has been closed, and no sooner
    copied_send,            ///< a zero-copy send copies after all, and says so
    disk_full,              ///< ENOSPC from a write
    disk_error,             ///< EIO from a read, a write or an fsync
    torn_write,             ///< a write takes less than it was given
    slow_disk,              ///< a file request takes up to a second
};
constexpr std::size_t fault_kinds = static_cast<std::size_t>(fault::slow_disk) + 1;

/// When which fault strikes. Belongs to a world; change it at any time between two runs.
///
/// ```cpp
/// world.faults().rate(weir::sim::fault::short_receive, 0.1).at(weir::sim::fault::reset, 3);
/// ```
class fault_plan {
public:
    explicit fault_plan(random chance) noexcept : chance_(chance) {}

    /// Strikes with `probability`, 0 ... 1, at each occasion.
    fault_plan& rate(fault which, double probability) noexcept {
        of(which).probability = probability;
        return *this;
    }
    /// Strikes at the `nth` occasion from now on, 1 = the next one. May be given several times.
    fault_plan& at(fault which, std::uint64_t nth) {
        of(which).places.push_back(of(which).occasions + nth);
        return *this;
    }
    /// Fails the `nth` request from now on, 1 = the next one, with `error` (an errno value): the
    /// request has no effect then. Opening a socket, and receiving and sending by a direct call,
    /// count too; requests of the loop itself, cancels and closes do not.
    fault_plan& fail_request(std::uint64_t nth, int error) noexcept {
        failing_request_ = requests_ + nth;
        failure_ = error;
        return *this;
    }
    /// Nothing strikes any more.
    void clear() noexcept;

    /// For the kernel: an occasion for `which` has come.
    [[nodiscard]] bool strikes(fault which) noexcept;
    /// For the kernel: a request begins. 0, or the errno value that it must fail with.
    [[nodiscard]] int next_request() noexcept {
        return ++requests_ == failing_request_ ? failure_ : 0;
    }
    /// How often `which` has struck.
    [[nodiscard]] std::uint64_t struck(fault which) const noexcept {
        return kinds_[static_cast<std::size_t>(which)].struck;
    }
    /// Requests so far.
    [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }

private:
    class kind {
    public:
        kind() noexcept = default;
        double probability = 0;
        std::uint64_t occasions = 0;
        std::uint64_t struck = 0;
        std::vector<std::uint64_t> places;
    };

    [[nodiscard]] kind& of(fault which) noexcept { return kinds_[static_cast<std::size_t>(which)]; }

    random chance_;
    std::array<kind, fault_kinds> kinds_;
    std::uint64_t requests_ = 0;
    std::uint64_t failing_request_ = 0;
    int failure_ = 0;
};

}  // namespace weir::sim
