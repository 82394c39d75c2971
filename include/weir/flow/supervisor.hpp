// SPDX-License-Identifier: Apache-2.0
// supervisor: keeps tasks running that ought to run as long as it does: starts again what has
// failed, with those that depend on it, until that happens too often. Then, and when it is stopped
// itself, it stops them in the reverse order and gives up towards whoever runs it, often another
// supervisor. `supervision` has the rules.
//
// Each child runs in a scope of its own that no stop from above reaches directly, because children
// are stopped one after the other: those that were started last need those before them.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/flow/error.hpp>
#include <weir/flow/supervision.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::flow {

/// What a supervisor runs: a name, a callable that gives the task, and rules.
class child_spec {
public:
    using work_function = std::function<task<result<void>>()>;

    /// @param work  called for each start; kept as long as the supervisor.
    explicit child_spec(std::string name, work_function work)
        : name_(std::move(name)), work_(std::move(work)) {}

    /// When it is started again; default: always.
    child_spec& restarted(restart when) noexcept {
        rules_.when = when;
        return *this;
    }
    /// How long its stop holds up the stop of those before it.
    child_spec& stops_within(std::chrono::nanoseconds time) noexcept {
        rules_.stop_within = time;
        return *this;
    }
    /// Delays before its restarts; default: none.
    child_spec& backs_off(resilience::backoff_policy delays) {
        rules_.backoff = std::move(delays);
        return *this;
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const child_rules& rules() const noexcept { return rules_; }
    [[nodiscard]] const work_function& work() const noexcept { return work_; }

private:
    std::string name_;
    work_function work_;
    child_rules rules_;
};

/// How a child has ended. A stop is no failure.
class child_end {
public:
    explicit child_end(std::string child, std::error_code error,
                       std::exception_ptr exception) noexcept
        : child_(std::move(child)), error_(error), exception_(std::move(exception)) {}

    [[nodiscard]] const std::string& child() const noexcept { return child_; }
    [[nodiscard]] bool has_failed() const noexcept { return error_ || exception_; }
    /// None when it has thrown, or has not failed.
    [[nodiscard]] std::error_code error() const noexcept { return error_; }
    /// Null when it has not thrown.
    [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }
    /// For people: `database: connection refused`.
    [[nodiscard]] std::string to_text() const;

private:
    std::string child_;
    std::error_code error_;
    std::exception_ptr exception_;
};

/// Runs children and restarts them. Belongs to one shard; neither copies nor moves. Must outlive
/// its `run`, outside of which nothing of it goes on.
///
/// ```cpp
/// weir::flow::supervisor services;
/// services.add(weir::flow::child_spec("database", [&] { return serve_database(); }));
/// services.add(weir::flow::child_spec("web", [&] { return serve_web(); }));
/// const auto outcome = co_await services.run();
/// if (!outcome && services.last_end()) log(services.last_end()->to_text());
/// ```
class supervisor {
public:
    /// Told of each end of a child, for logs and metrics. Must not throw.
    using end_observer = std::function<void(const child_end&)>;

    explicit supervisor(const supervision_rules& rules = supervision_rules(),
                        end_observer on_end = {});
    supervisor(const supervisor&) = delete;
    supervisor& operator=(const supervisor&) = delete;
    ~supervisor();

    /// Adds a child behind the others. Not while it runs.
    void add(child_spec spec);

    /// Starts the children in their order and keeps them running.
    ///
    /// Completes when all have ended for good. It may be run again, which begins anew: so the `run`
    /// of one supervisor can be the child of another.
    /// Errors:        too_many_restarts, after all children have been stopped; `last_end` says of
    ///                which child, and why. operation_canceled. A child's exception is a failure
    ///                like its errors.
    /// Cancellation:  stops the children, the last one first, each when the one after it has ended
    ///                or its time is over; returns when all have ended.
    /// Concurrency:   one at a time.
    /// Allocates:     a frame and a block a start.
    [[nodiscard]] task<result<void>> run();

    /// The last end of a child that nobody had asked to end; after too_many_restarts the reason.
    [[nodiscard]] const std::optional<child_end>& last_end() const noexcept { return last_end_; }
    /// Children started so far, for the first time and again.
    [[nodiscard]] std::size_t starts() const noexcept { return starts_; }

private:
    class child;
    class change_awaiter;

    void perform(const supervision::step& step, const task_view& self) noexcept;
    void settle_first() noexcept;
    void note_end(std::size_t place) noexcept;

    supervision state_;
    end_observer on_end_;
    std::vector<std::unique_ptr<child>> children_;
    std::vector<std::size_t> ended_;  // and not settled yet, in this order
    change_awaiter* waiting_ = nullptr;
    bool is_running_ = false;
    std::optional<child_end> last_end_;
    std::size_t starts_ = 0;
};

}  // namespace weir::flow
