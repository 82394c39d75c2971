// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/scope.hpp>
#include <weir/coro/wait_point.hpp>

#include <algorithm>
#include <atomic>

namespace weir {

namespace detail {

std::size_t next_context_index() noexcept {
    static std::atomic<std::size_t> next{0};
    return next.fetch_add(1, std::memory_order_relaxed);
}

void context_table::extend(const context_table* base, std::span<const context_entry> added) {
    const std::size_t inherited = base == nullptr ? 0 : base->size_;
    std::size_t size = inherited;
    for (const context_entry& each : added) size = std::max(size, each.index + 1);
    auto values = std::make_unique<const void*[]>(size);
    for (std::size_t i = 0; i < inherited; ++i) values[i] = base->values_[i];
    for (const context_entry& each : added) {
        if (each.value != nullptr) values[each.index] = each.value;
    }
    values_ = std::move(values);
    size_ = size;
}

void stop_waiting(promise_base& waiting) noexcept {
    promise_base* leaf = &waiting;
    // Only children awaited directly stand on this path; those in scopes of their own are reached
    // through the tree of scopes.
    while (promise_base* child = leaf->child()) leaf = child;
    if (wait_point* point = leaf->waits_for()) point->request_stop();
}

}  // namespace detail

scope::scope(scope& parent, inherit_stop inherit) noexcept
    : list_node(),
      parent_(&parent),
      context_(parent.context_),
      inherits_stop_(inherit == inherit_stop::yes) {
    if (inherits_stop_) {
        deadline_ = parent.deadline_;
        stopped_ = parent.stopped_;
    }
    parent.children_.push_back(*this);
}

scope::~scope() {
    WEIR_ASSERT(roots_.empty(), "a scope ended while tasks still run in it: join them first");
    WEIR_ASSERT(children_.empty(), "a scope ended before the scopes inside it");
    if (is_linked()) unlink();
}

void scope::request_stop() noexcept {
    if (stopped_) return;
    stopped_ = true;
    // Nothing below resumes a coroutine, so neither list changes under the walk.
    children_.for_each([](scope& child) {
        if (child.inherits_stop_) child.request_stop();
    });
    roots_.for_each([](detail::scope_root& root) { detail::stop_waiting(root.promise()); });
}

}  // namespace weir
