// SPDX-License-Identifier: Apache-2.0
// actor: a mailbox with a bound, and one task that handles its requests one after the other. What
// the handler keeps needs no lock, because nobody else touches it.
//
//   cast --request--> mailbox --> serve: handle(request)
//   call --request-->    "    -->   "       "      --reply--> the caller goes on
//
// The task is the owner's: whoever serves decides in which scope, and nothing goes on behind it.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/sync/channel.hpp>
#include <weir/sync/event.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace weir {

/// Requests of type `Request`, answered with a `Reply`. Belongs to one shard; neither copies nor
/// moves. Must not be destroyed while it is served or somebody waits at it.
///
/// ```cpp
/// weir::actor<order, receipt> desk(100);
/// group.spawn(&serve_desk, std::ref(desk));   // co_await desk.serve([&](order o) { ... });
/// weir::result<receipt> answer = co_await desk.call(order(7));
/// ```
template <class Request, class Reply = void>
class actor {
public:
    /// @param capacity  requests that may wait, 1 ... any.
    /// @param policy    what a request does that finds the mailbox full.
    explicit actor(std::size_t capacity, when_full policy = when_full::wait)
        : mailbox_(capacity, policy) {}
    actor(const actor&) = delete;
    actor& operator=(const actor&) = delete;

    /// Leaves `request` for the handler; nobody hears what becomes of it.
    ///
    /// Errors:        broken_pipe (closed), no_buffer_space (`reject`, full), operation_canceled.
    /// Cancellation:  a stopped cast has left nothing.
    /// Allocates:     nothing.
    [[nodiscard]] auto cast(Request request) {
        return mailbox_.send(envelope(std::move(request), nullptr));
    }

    /// Leaves `request` and waits for the reply.
    ///
    /// @return        what the handler gave.
    /// Errors:        those of `cast`; those of the handler; broken_pipe when the request was
    ///                dropped from a full mailbox, or nobody serves any more.
    /// Cancellation:  ends the wait; a request that was left is handled all the same. A reply that
    ///                is there is returned.
    /// Allocates:     a pooled frame and one block.
    [[nodiscard]] task<result<Reply>> call(Request request) {
        const auto expected = std::make_shared<reply_slot>();
        auto sent = mailbox_.send(envelope(std::move(request), expected));
        co_await ok(sent);
        const auto waited = co_await expected->is_there.wait();
        if (expected->reply) co_return std::move(*expected->reply);
        co_return fail(waited ? make_error_code(std::errc::broken_pipe) : waited.error());
    }

    /// Handles requests with `handle(request)`, which gives a `task<result<Reply>>`, until the
    /// actor is closed and its mailbox empty. An error of a handler is the caller's, not the end.
    ///
    /// Errors:        operation_canceled. An exception of a handler ends it and is rethrown.
    /// Cancellation:  reaches the handler at work; requests that wait are refused (broken_pipe).
    /// Concurrency:   one at a time.
    template <class F>
        requires std::is_same_v<std::invoke_result_t<F&, Request&&>, task<result<Reply>>>
    [[nodiscard]] task<result<void>> serve(F handle) {
        const closer at_end(*this);
        for (;;) {
            auto next = co_await mailbox_.receive();
            if (!next && is_stopped(next.error())) co_return fail(next.error());
            if (!next) co_return result<void>();
            envelope taken = std::move(*next);
            auto reply = co_await std::invoke(handle, std::move(taken.request));
            taken.answer(std::move(reply));
        }
    }

    /// Takes no more requests; those that wait are still handled.
    void close() noexcept { mailbox_.close(); }
    [[nodiscard]] bool is_closed() const noexcept { return mailbox_.is_closed(); }
    /// Requests that wait.
    [[nodiscard]] std::size_t size() const noexcept { return mailbox_.size(); }

private:
    /// Where a caller waits for its reply; it may have left.
    class reply_slot {
    public:
        reply_slot() = default;
        std::optional<result<Reply>> reply;
        event is_there;
    };

    /// A request and its reply's place. One that is dropped tells the caller.
    class envelope {
    public:
        explicit envelope(Request&& what, std::shared_ptr<reply_slot> from)
            : request(std::move(what)), caller_(std::move(from)) {}
        envelope(envelope&&) noexcept = default;
        envelope& operator=(envelope&& other) noexcept {
            end();
            request = std::move(other.request);
            caller_ = std::move(other.caller_);
            return *this;
        }
        ~envelope() { end(); }

        void answer(result<Reply>&& reply) {
            if (caller_ == nullptr) return;
            caller_->reply.emplace(std::move(reply));
            end();
        }

        Request request;

    private:
        void end() noexcept {
            if (const auto caller = std::exchange(caller_, nullptr)) caller->is_there.set();
        }

        std::shared_ptr<reply_slot> caller_;
    };

    /// When nobody serves any more, nobody may wait for a reply.
    class closer {
    public:
        explicit closer(actor& owner) noexcept : owner_(owner) {}
        closer(const closer&) = delete;
        closer& operator=(const closer&) = delete;
        ~closer() {
            owner_.close();
            while (owner_.mailbox_.try_receive()) {
            }
        }

    private:
        actor& owner_;
    };

    channel<envelope> mailbox_;
};

}  // namespace weir
