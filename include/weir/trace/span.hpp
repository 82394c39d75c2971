// SPDX-License-Identifier: Apache-2.0
// span: a piece of work with a name: a scope of its own, whose beginning, end and outcome are
// recorded, and which the spans inside of it name as their parent.
//
//   span("app")                      trace id drawn: there was none
//     span("request")                same trace, parent = app
//       other.run(carrying(here, f)) same trace on another shard, if the view names span_context
#pragma once

#include <weir/coro/detail/scoped_run.hpp>
#include <weir/trace/attribute.hpp>
#include <weir/trace/detail/open_span.hpp>

#include <array>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::trace {

namespace detail {

template <std::size_t Attributes, class Task>
class span_awaiter final : public weir::detail::scoped_run<Task> {
public:
    using value_type = typename Task::value_type;

    template <class... As>
    explicit span_awaiter(std::string_view name, Task&& task, const As&... attributes) noexcept
        : weir::detail::scoped_run<Task>(std::move(task)),
          name_(name),
          attributes_{attributes...} {}

    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        span_.enter(this->enter(self.promise()), name_, attributes_);
        return this->run();
    }
    value_type await_resume() {
        if (!span_.is_recorded()) return this->take();
        const bool was_stopped = this->inner().is_stopped();
        try {
            if constexpr (std::is_void_v<value_type>) {
                this->take();
                span_.tell(was_stopped ? span_outcome(stopped_error()) : span_outcome());
            } else {
                value_type given = this->take();
                span_.tell(span_outcome::of(given));
                return given;
            }
        } catch (...) {
            span_.tell(span_outcome(std::current_exception()));
            throw;
        }
    }

private:
    void task_ended() noexcept override { span_.note_end(); }

    std::string_view name_;
    std::array<attribute, Attributes> attributes_;
    open_span span_;
};

}  // namespace detail

/// Runs `awaited` in a scope with a name. The outermost one of a task begins a trace, unless a
/// `span_context` from outside is in its context (`parse_traceparent`).
///
/// ```cpp
/// co_await weir::trace::span("request", answer(request), weir::trace::attribute("user", 7));
/// ```
/// @param name    lives until this completes: a literal.
/// @param attributes  `attribute`s; their texts live until the co_await.
/// @return        what `awaited` gives. An error is the outcome of the span, too; a `void` task
///                has been stopped if its scope was, as far as anybody knows.
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
/// Allocates:     one small table for the new scope.
template <awaitable A, std::same_as<attribute>... Attributes>
[[nodiscard]] auto span(std::string_view name, A&& awaited, const Attributes&... attributes) {
    using task_type = weir::detail::task_of<A>;
    return detail::span_awaiter<sizeof...(Attributes), task_type>(
        name, weir::detail::as_task(std::forward<A>(awaited)), attributes...);
}

}  // namespace weir::trace
