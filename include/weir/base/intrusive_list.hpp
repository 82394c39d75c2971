// SPDX-License-Identifier: Apache-2.0
// intrusive_list: a doubly linked list whose links live in the elements, so that linking never
// allocates and an element can leave from the middle in O(1).
#pragma once

#include <weir/base/assert.hpp>

#include <cstddef>

namespace weir {

/// The links that an element of an `intrusive_list` inherits. Neither copies nor moves, because
/// its neighbours point at it. Destroying a linked element is a contract violation.
class list_node {
public:
    list_node() noexcept = default;
    list_node(const list_node&) = delete;
    list_node& operator=(const list_node&) = delete;
    ~list_node() { WEIR_ASSERT(!is_linked(), "an element was destroyed while linked in a list"); }

    [[nodiscard]] bool is_linked() const noexcept { return next_ != nullptr; }

    /// Leaves the list that it is linked in.
    void unlink() noexcept {
        next_->prev_ = prev_;
        prev_->next_ = next_;
        next_ = prev_ = nullptr;
    }

protected:
    list_node([[maybe_unused]] list_node&& other) noexcept {
        WEIR_ASSERT(!other.is_linked(), "an element was moved while linked in a list");
    }

private:
    template <class T>
    friend class intrusive_list;

    list_node* next_ = nullptr;
    list_node* prev_ = nullptr;
};

/// A list of `T`s that it does not own; `T` derives from `list_node`.
/// Destroying it while elements are linked is a contract violation.
template <class T>
class intrusive_list {
public:
    intrusive_list() noexcept { head_.next_ = head_.prev_ = &head_; }
    intrusive_list(const intrusive_list&) = delete;
    intrusive_list& operator=(const intrusive_list&) = delete;
    ~intrusive_list() {
        WEIR_ASSERT(empty(), "a list was destroyed while elements are linked in it");
        head_.next_ = head_.prev_ = nullptr;
    }

    [[nodiscard]] bool empty() const noexcept { return head_.next_ == &head_; }
    [[nodiscard]] T& front() noexcept { return static_cast<T&>(*head_.next_); }
    [[nodiscard]] T& back() noexcept { return static_cast<T&>(*head_.prev_); }

    void push_back(T& element) noexcept { link_before(head_, element); }
    void push_front(T& element) noexcept { link_before(*head_.next_, element); }

    T& pop_front() noexcept {
        T& element = front();
        static_cast<list_node&>(element).unlink();
        return element;
    }

    /// Moves every element of `other` to the end of this list, in order. O(1).
    void splice_back(intrusive_list& other) noexcept {
        if (other.empty()) return;
        list_node& first = *other.head_.next_;
        list_node& last = *other.head_.prev_;
        first.prev_ = head_.prev_;
        head_.prev_->next_ = &first;
        last.next_ = &head_;
        head_.prev_ = &last;
        other.head_.next_ = other.head_.prev_ = &other.head_;
    }

    /// Calls `visit(T&)` on every element; `visit` may unlink the element that it is given.
    template <class F>
    void for_each(F&& visit) {
        for (list_node* node = head_.next_; node != &head_;) {
            list_node* next = node->next_;
            visit(static_cast<T&>(*node));
            node = next;
        }
    }

    /// Walks the list. O(n): for tests and dumps.
    [[nodiscard]] std::size_t size() const noexcept {
        std::size_t count = 0;
        for (const list_node* node = head_.next_; node != &head_; node = node->next_) ++count;
        return count;
    }

private:
    static void link_before(list_node& place, list_node& node) noexcept {
        WEIR_ASSERT(!node.is_linked(), "an element was linked into two lists at once");
        node.prev_ = place.prev_;
        node.next_ = &place;
        place.prev_->next_ = &node;
        place.prev_ = &node;
    }

    list_node head_;
};

}  // namespace weir
