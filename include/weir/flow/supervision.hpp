// SPDX-License-Identifier: Apache-2.0
// supervision: which children are stopped and started, in which order and when, after one of them
// has ended. No clock, no coroutine: time is told. `supervisor` is what runs them.
//
//   a child:  waiting --start--> running --ends--> waiting (to be restarted) or ended
//                                  \--stop--> stopping --ends--> waiting or ended
//
// Erlang/OTP's supervisor is the model, its rules are kept: children are started in their order and
// stopped in the reverse, one after the other; each restart counts for the intensity, whatever made
// it necessary; a temporary child is never restarted, not with its group either, and a transient
// one that has finished is started again with its group. What cannot be kept is the kill: a task
// that does not end when it is stopped is passed over after its time, and still waited for.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/resilience/backoff.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

namespace weir::flow {

/// When a child that has ended by itself is started again.
enum class restart : std::uint8_t {
    permanent,  ///< always, whether it has failed or finished
    transient,  ///< when it has failed
    temporary,  ///< never
};

/// Who is restarted with a child.
enum class restart_strategy : std::uint8_t {
    one_for_one,   ///< nobody
    rest_for_one,  ///< those that were added after it
    one_for_all,   ///< all
};

/// What holds for all children of a supervisor.
class supervision_rules {
public:
    supervision_rules() noexcept {}

    restart_strategy strategy = restart_strategy::one_for_one;
    /// More restarts within `period` are too many: all children are stopped then.
    std::size_t max_restarts = 3;
    std::chrono::nanoseconds period = std::chrono::seconds(5);
};

/// What holds for one child.
class child_rules {
public:
    child_rules() noexcept {}

    restart when = restart::permanent;
    /// How long its stop holds up the stop of those before it.
    std::chrono::nanoseconds stop_within = std::chrono::seconds(5);
    /// Delays before it, and who is restarted with it, is started again; none = at once. Having run
    /// for `period` it begins at the first; having no further one is too many restarts.
    std::optional<resilience::backoff_policy> backoff;
};

/// The state of a supervisor: told what has happened, asked what to do. A value type; belongs to
/// one thread. Children are known by their place, 0 ... size() - 1.
///
/// ```cpp
/// while (const auto step = children.next(now)) perform(*step);   // until children.has_ended()
/// ```
class supervision {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// What to do with a child.
    enum class command : std::uint8_t {
        start,  ///< run it
        stop,   ///< ask it to end
    };
    class step {
    public:
        explicit step(command to, std::size_t which) noexcept : what(to), child(which) {}
        [[nodiscard]] bool operator==(const step&) const noexcept = default;

        command what;
        std::size_t child;
    };

    explicit supervision(const supervision_rules& rules) : rules_(rules) {}

    void add(const child_rules& rules) { children_.emplace_back(rules, children_.size()); }
    [[nodiscard]] std::size_t size() const noexcept { return children_.size(); }
    /// Everything is as if nothing had happened yet: all children wait to be started.
    void reset();

    /// The next thing to do; none = nothing before `next_at` or the next event.
    [[nodiscard]] std::optional<step> next(time_point now);
    /// When time alone gives something to do; `time_point::max()` = never.
    [[nodiscard]] time_point next_at(time_point now) const noexcept;

    /// A child that was started has ended. A stop is no failure.
    void ended(std::size_t child, bool has_failed, time_point now);
    /// All shall end, and nothing is started any more.
    void stop() noexcept;

    /// Whether `child` was asked to end, or is about to be.
    [[nodiscard]] bool is_leaving(std::size_t child) const noexcept {
        return children_[child].is_leaving;
    }
    [[nodiscard]] bool is_stopping() const noexcept { return is_stopping_; }
    /// No child runs, and none will.
    [[nodiscard]] bool has_ended() const noexcept;
    /// Whether it is stopping because there were too many restarts.
    [[nodiscard]] bool has_given_up() const noexcept { return has_given_up_; }

private:
    enum class state : std::uint8_t { waiting, running, stopping, ended };

    class entry {
    public:
        explicit entry(const child_rules& its_rules, std::size_t place)
            : rules(its_rules), seed(place + 1) {
            reset();
        }
        void reset();

        child_rules rules;
        std::uint64_t seed;
        state is = state::waiting;
        bool is_leaving = false;
        time_point start_at = time_point::min();  // of one that waits
        time_point started_at;
        time_point stop_by;  // of one that is stopping
        std::optional<resilience::backoff> delays;
    };

    void leave(entry& each) const noexcept;
    void restart_group(std::size_t place, time_point at) noexcept;
    [[nodiscard]] bool allows_restart(time_point now);
    [[nodiscard]] std::optional<time_point> restart_at(entry& failed, time_point now) const;

    supervision_rules rules_;
    std::vector<entry> children_;
    std::deque<time_point> restarts_;  // of the last period
    bool is_stopping_ = false;
    bool has_given_up_ = false;
};

}  // namespace weir::flow
