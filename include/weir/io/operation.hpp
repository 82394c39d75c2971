// SPDX-License-Identifier: Apache-2.0
// operation: one request to the kernel, from being asked for to its last completion.
//
//  idle --start--> queued --free SQE--> in_flight --last CQE--> done --await_resume--> idle
//   | stop already asked  | stop              | stop               ^
//   v                     v                   v                    |  a result beats a cancel
//  done(canceled)    done(canceled)       stopping --last CQE------+
//
// "Last CQE" is one without IORING_CQE_F_MORE. Between start and the last CQE the kernel may write
// through the operation, so its address is fixed and its destructor aborts: no completion, no free.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/wait_point.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <string>

struct io_uring_sqe;

namespace weir {

class reactor;

/// Base of everything that owns a request in flight. Immovable once started; touched by its shard
/// only.
class operation {
public:
    enum class state : std::uint8_t { idle, queued, in_flight, stopping, done };

    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    /// Fills in the request; knows nothing else.
    virtual void prepare(io_uring_sqe& sqe) noexcept = 0;
    /// Takes one completion. `more` = the kernel will send another one for this request.
    virtual void complete(int result, std::uint32_t flags, bool more) noexcept = 0;

    [[nodiscard]] state status() const noexcept { return state_; }
    /// Whether the kernel, or the queue before it, still refers to this object.
    [[nodiscard]] bool is_active() const noexcept {
        return state_ == state::queued || state_ == state::in_flight || state_ == state::stopping;
    }

    /// Hands the request to this shard's reactor.
    void start() noexcept;
    /// Asks for an early end; the end itself still comes as a completion.
    void cancel() noexcept;

protected:
    operation() noexcept = default;
    operation([[maybe_unused]] operation&& other) noexcept {
        WEIR_ASSERT(other.state_ == state::idle, "an operation was moved after its start");
    }
    ~operation() {
        WEIR_ASSERT(!is_active(), "an operation was destroyed while the kernel still refers to it");
    }

    void set_state(state next) noexcept { state_ = next; }

private:
    friend class reactor;

    state state_ = state::idle;
};

/// An operation with one completion, which the coroutine that awaits it receives.
class single_operation : public operation, public wait_point {
public:
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return begin(self.promise());
    }

    void complete(int result, std::uint32_t flags, bool more) noexcept override;
    void request_stop() noexcept override { cancel(); }

protected:
    single_operation() noexcept = default;
    single_operation(single_operation&&) noexcept = default;
    ~single_operation() = default;

    /// What the kernel answered: >= 0, or a negative errno value.
    [[nodiscard]] int raw_result() const noexcept { return result_; }
    [[nodiscard]] result<std::size_t> size_result() const noexcept {
        if (result_ < 0) return fail(error_from_errno(-result_));
        return static_cast<std::size_t>(result_);
    }
    [[nodiscard]] result<void> void_result() const noexcept {
        if (result_ < 0) return fail(error_from_errno(-result_));
        return {};
    }

private:
    [[nodiscard]] bool begin(detail::promise_base& promise) noexcept;

    int result_ = 0;
};

}  // namespace weir
