// SPDX-License-Identifier: Apache-2.0
// scope: what every coroutine inherits from its parent through the promise: the stop request, the
// deadline, the typed context values, and its place in the task tree.
//
// It is never thread-local, so it survives every suspension and cannot be lost; a child finds any
// value in O(1), however deep it stands. Idea: trio's cancel scopes, and the task-local context of
// structured concurrency in other languages.
#pragma once

#include <weir/base/intrusive_list.hpp>
#include <weir/coro/detail/promise.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <system_error>

namespace weir {

namespace detail {

/// A task that starts a branch of the tree inside a scope: the child of a group, of `with_timeout`,
/// of `when_any`. Its scope reaches it through this link when a stop is requested.
class scope_root : public task_root, public list_node {
public:
    /// The first coroutine of the branch; asked only while this is linked in a scope.
    [[nodiscard]] virtual promise_base& promise() const noexcept = 0;
    /// The coroutine that started this branch; null = the owner of the scope that it runs in.
    [[nodiscard]] virtual promise_base* starter() const noexcept { return nullptr; }

protected:
    scope_root() noexcept = default;
    scope_root(scope_root&&) noexcept = default;
    ~scope_root() = default;
};

/// A dense number for each type that was ever used as a context value.
[[nodiscard]] std::size_t next_context_index() noexcept;
template <class T>
[[nodiscard]] std::size_t context_index() noexcept {
    static const std::size_t index = next_context_index();
    return index;
}

/// A context value and the number of its type.
class context_entry {
public:
    template <class T>
    [[nodiscard]] static context_entry of(const T& value) noexcept {
        return context_entry(context_index<T>(), &value);
    }
    explicit context_entry(std::size_t index_, const void* value_) noexcept
        : index(index_), value(value_) {}
    std::size_t index;
    const void* value;  ///< null = there is none
};

/// The context values visible in a scope: one pointer a type, copied when a child scope adds some.
class context_table {
public:
    context_table() noexcept = default;
    [[nodiscard]] const void* find(std::size_t index) const noexcept {
        return index < size_ ? values_[index] : nullptr;
    }
    /// Becomes a copy of `base` with `added` in it; those without a value are passed over.
    void extend(const context_table* base, std::span<const context_entry> added);

private:
    std::unique_ptr<const void*[]> values_;
    std::size_t size_ = 0;
};

/// Asks whatever `waiting` (or the child it waits for) is suspended at to end its wait.
void stop_waiting(promise_base& waiting) noexcept;

}  // namespace detail

/// One node of the tree of ambient scopes. Made by the constructs that need one (`task_group`,
/// `with_timeout`, `with_stop`, `shield`, the runtime's root); user code reaches it through
/// `co_await this_task()`. Belongs to one shard; must outlive every task that runs in it.
class scope : public list_node {
public:
    using time_point = std::chrono::steady_clock::time_point;
    /// Whether a stop of the parent reaches this scope.
    enum class inherit_stop : bool { no, yes };

    /// The root of a tree.
    scope() noexcept = default;
    /// A child of `parent`, which must outlive it. A stopped parent makes a stopped child.
    explicit scope(scope& parent, inherit_stop inherit = inherit_stop::yes) noexcept;
    ~scope();

    /// Asks everything in this scope and below to end: operations in flight are cancelled, waits
    /// end, and later suspensions return `operation_canceled` at once. It waits for nothing.
    /// Asking twice changes nothing.
    void request_stop() noexcept;
    [[nodiscard]] bool is_stopped() const noexcept { return stopped_; }

    /// The moment by which the work here should be done; `time_point::max()` = none.
    [[nodiscard]] time_point deadline() const noexcept { return deadline_; }
    /// Brings the deadline forward (never back). Whoever calls it also arms the timer.
    void limit_deadline(time_point deadline) noexcept {
        if (deadline < deadline_) deadline_ = deadline;
    }

    /// The nearest context value of type `T`, or null when no scope above holds one. O(1).
    template <class T>
    [[nodiscard]] const T* find() const noexcept {
        return context_ == nullptr
                   ? nullptr
                   : static_cast<const T*>(context_->find(detail::context_index<T>()));
    }
    template <class T>
    [[nodiscard]] bool contains() const noexcept {
        return find<T>() != nullptr;
    }
    /// Adds `values`, which must outlive this scope, for this scope and those made below it later.
    template <class... Ts>
    void set(const Ts&... values) {
        const std::array<detail::context_entry, sizeof...(Ts)> added{
            detail::context_entry::of(values)...};
        set_all(added);
    }
    void set_all(std::span<const detail::context_entry> added) {
        if (added.empty()) return;
        own_context_.extend(context_, added);
        context_ = &own_context_;
    }

    void add_root(detail::scope_root& root) noexcept { roots_.push_back(root); }

    // For dumps of the task tree.
    [[nodiscard]] scope* parent() const noexcept { return parent_; }
    [[nodiscard]] detail::promise_base* owner() const noexcept { return owner_; }
    /// Names the coroutine in whose frame this scope lives, to place it in the task tree.
    void set_owner(detail::promise_base* owner) noexcept { owner_ = owner; }
    [[nodiscard]] intrusive_list<scope>& children() noexcept { return children_; }
    [[nodiscard]] intrusive_list<detail::scope_root>& roots() noexcept { return roots_; }

private:
    scope* parent_ = nullptr;
    detail::promise_base* owner_ = nullptr;
    time_point deadline_ = time_point::max();
    const detail::context_table* context_ = nullptr;
    intrusive_list<scope> children_;
    intrusive_list<detail::scope_root> roots_;
    detail::context_table own_context_;
    bool inherits_stop_ = true;
    bool stopped_ = false;
};

}  // namespace weir
