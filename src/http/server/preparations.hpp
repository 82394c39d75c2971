// SPDX-License-Identifier: Apache-2.0
// preparations: what happens to sockets before their first request, as handshakes of TLS. These
// take the processor from those that are served, so only so many are under way at once.
//
//   waiting --a place is free--> under way --ended--> gone
//      |                             '--longer than `patience`, and others wait--> stopped
//      '--a stop--> gone
#pragma once

#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/sync/semaphore.hpp>

#include <chrono>
#include <cstddef>

namespace weir::http::detail {

class preparations {
public:
    /// What each has, however many wait.
    static constexpr std::chrono::seconds patience{1};

    /// @param max_at_once  1 or more.
    explicit preparations(std::size_t max_at_once) noexcept : places_(max_at_once) {}

    /// Runs `preparing` as soon as there is a place for it.
    ///
    /// Errors:        timed_out (it took longer than `patience` while others waited); those of
    ///                `preparing`; operation_canceled.
    /// Cancellation:  as that of `preparing`; one that waits is not begun.
    [[nodiscard]] task<result<void>> run(task<result<void>> preparing);

    /// Stops the one that has been under way longest, if that is longer than `patience`. Returns
    /// whether there was one.
    bool end_longest() noexcept;

private:
    class one : public list_node {
    public:
        explicit one(reactor::time_point now) noexcept : begun(now) {}
        ~one() {
            if (is_linked()) unlink();
        }
        reactor::time_point begun;
        stop_source stop;
    };

    [[nodiscard]] task<result<semaphore::permit>> place();

    semaphore places_;
    intrusive_list<one> under_way_;  // and not stopped; who has begun first comes first
};

}  // namespace weir::http::detail
