// SPDX-License-Identifier: Apache-2.0
#include <weir/flow/supervisor.hpp>

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/coro/detail/branch.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timer.hpp>

#include <coroutine>

namespace weir::flow {

std::string child_end::to_text() const {
    if (!exception_) return child_ + ": " + (error_ ? error_.message() : "has ended");
    try {
        std::rethrow_exception(exception_);
    } catch (const std::exception& thrown) {
        return child_ + ": " + thrown.what();
    } catch (...) {
        return child_ + ": an exception of an unknown type";
    }
}

/// A child's specification, and its task while it runs.
class supervisor::child final : private weir::detail::branch_owner {
public:
    explicit child(supervisor& owner, std::size_t place, child_spec&& its_spec)
        : spec(std::move(its_spec)), owner_(owner), place_(place) {}

    void start(const task_view& runner) noexcept {
        scope_.emplace(runner.ambient(), scope::inherit_stop::no);
        scope_->set_owner(&runner.promise());
        try {
            running_.emplace(spec.work()());
        } catch (...) {
            exception_ = std::current_exception();
            return owner_.note_end(place_);
        }
        running_->start(*this, *scope_);
    }
    void stop() noexcept { scope_->request_stop(); }
    /// What has become of it; of one that has ended.
    [[nodiscard]] child_end outcome() noexcept {
        std::error_code error;
        std::exception_ptr exception = std::exchange(exception_, nullptr);
        try {
            const result<void> given = running_ ? running_->take() : result<void>();
            if (!given && !is_stopped(given.error())) error = given.error();
        } catch (...) {
            exception = std::current_exception();
        }
        running_.reset();
        scope_.reset();
        return child_end(spec.name(), error, std::move(exception));
    }

    const child_spec spec;

private:
    void branch_finished(weir::detail::scope_root&) noexcept override { owner_.note_end(place_); }
    [[nodiscard]] weir::detail::promise_base* starter() const noexcept override { return nullptr; }

    supervisor& owner_;
    std::size_t place_;
    std::optional<scope> scope_;
    std::optional<weir::detail::branch<task<result<void>>>> running_;
    std::exception_ptr exception_;  // of the start
};

/// Waits until a child has ended, the time has come, or a stop: until there may be something to do.
class supervisor::change_awaiter final : public wait_point, private timer {
public:
    explicit change_awaiter(supervisor& owner, supervision::time_point until) noexcept
        : owner_(owner), until_(until) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        // What looks after an end may have asked for a stop.
        const bool is_new_stop = self.promise().ambient().is_stopped();
        if (is_new_stop && !owner_.state_.is_stopping()) return false;
        owner_.waiting_ = this;
        if (until_ != supervision::time_point::max()) {
            reactor::current().timers().arm(*this, until_);
        }
        suspend(self.promise());
        return true;
    }
    void await_resume() const noexcept {}

    void look() noexcept {
        reactor::current().timers().disarm(*this);
        owner_.waiting_ = nullptr;
        wake();
    }
    void request_stop() noexcept override { look(); }
    void describe(std::string& out) const override {
        out += "supervisor of " + std::to_string(owner_.children_.size());
    }

private:
    void expired() noexcept override { look(); }

    supervisor& owner_;
    supervision::time_point until_;
};

supervisor::supervisor(const supervision_rules& rules, end_observer on_end)
    : state_(rules), on_end_(std::move(on_end)) {}

supervisor::~supervisor() { WEIR_ASSERT(!is_running_, "a supervisor was destroyed while it runs"); }

void supervisor::add(child_spec spec) {
    WEIR_ASSERT(!is_running_, "a child was added to a supervisor that runs");
    state_.add(spec.rules());
    children_.push_back(std::make_unique<child>(*this, children_.size(), std::move(spec)));
    ended_.reserve(children_.size());  // so that noting an end cannot fail
}

task<result<void>> supervisor::run() {
    WEIR_ASSERT(!is_running_, "a supervisor runs once at a time");
    is_running_ = true;
    state_.reset();
    const task_view self = co_await this_task();
    for (;;) {
        // Before what has ended: an end because of a stop is no reason to start anything.
        if (self.stop_requested()) state_.stop();
        while (!ended_.empty()) settle_first();
        const auto now = reactor::current().now();
        if (const auto step = state_.next(now)) {
            perform(*step, self);
            continue;
        }
        if (state_.has_ended()) break;
        co_await change_awaiter(*this, state_.next_at(now));
    }
    is_running_ = false;
    if (state_.has_given_up()) co_return fail(errc::too_many_restarts);
    if (self.stop_requested()) co_return fail(std::errc::operation_canceled);
    co_return result<void>();
}

void supervisor::perform(const supervision::step& step, const task_view& self) noexcept {
    child& it = *children_[step.child];
    if (step.what == supervision::command::stop) return it.stop();
    ++starts_;
    it.start(self);
}

/// Takes the outcome of the child that has ended first, and tells the state.
void supervisor::settle_first() noexcept {
    const std::size_t place = ended_.front();
    ended_.erase(ended_.begin());
    const child_end outcome = children_[place]->outcome();
    if (on_end_) on_end_(outcome);
    // Of those that nobody has asked to end the last one is why it gave up, if it did.
    if (!state_.is_leaving(place)) last_end_ = outcome;
    state_.ended(place, outcome.has_failed(), reactor::current().now());
}

void supervisor::note_end(std::size_t place) noexcept {
    ended_.push_back(place);
    if (waiting_ != nullptr) waiting_->look();
}

}  // namespace weir::flow
