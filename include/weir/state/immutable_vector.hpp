// SPDX-License-Identifier: Apache-2.0
// immutable_vector: a sequence that nobody changes: `updated` and `appended` give another one that
// shares all but a few nodes with it.
//
//   a tree whose nodes have 32 children, whose leaves have 32 values and are all at one depth:
//   five bits of the index choose the way at each level. A change copies the nodes on one way, at
//   most 7 for 2^32 values, and changes in place what nobody else shares.
//
// Source: Bagwell and Clojure's persistent vectors, without their tail.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/state/deeply_immutable.hpp>
#include <weir/state/detail/counted.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

namespace weir {

/// Copying costs a count. Copies may be used by any thread, each by one at a time, if `T` is
/// deeply_immutable. References are good as long as a copy with the element in it.
template <class T>
class immutable_vector {
public:
    class iterator;

    immutable_vector() noexcept = default;
    immutable_vector(std::initializer_list<T> values)
        : immutable_vector(values.begin(), values.end()) {}
    template <std::input_iterator It>
    explicit immutable_vector(It first, It last) {
        for (; first != last; ++first) place(size_, *first);
    }

    /// One with `value` at `index` < size(); the same one if it is equal. O(log n).
    [[nodiscard]] immutable_vector updated(std::size_t index, T value) const& {
        return immutable_vector(*this).updated_here(index, std::move(value));
    }
    /// Of one that is not used any more: what nobody else shares is not copied.
    [[nodiscard]] immutable_vector updated(std::size_t index, T value) && {
        return std::move(*this).updated_here(index, std::move(value));
    }
    /// One with `value` behind the others. O(log n).
    [[nodiscard]] immutable_vector appended(T value) const& {
        return immutable_vector(*this).appended(std::move(value));
    }
    [[nodiscard]] immutable_vector appended(T value) && {
        place(size_, std::move(value));
        return std::move(*this);
    }

    /// O(log n), at most 7 steps.
    const T& operator[](std::size_t index) const {
        WEIR_ASSERT(index < size_, "an immutable_vector has no such element");
        const node* at = root_.get();
        for (unsigned shift = shift_; shift > 0; shift -= bits) {
            at = at->children[slot(index, shift)].get();
        }
        return at->values[slot(index, 0)];
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] iterator begin() const noexcept { return iterator(*this, 0); }
    [[nodiscard]] iterator end() const noexcept { return iterator(*this, size_); }

    /// Whether both are one object.
    [[nodiscard]] bool is_same(const immutable_vector& other) const noexcept {
        return root_ == other.root_;
    }
    friend bool operator==(const immutable_vector& a, const immutable_vector& b)
        requires std::equality_comparable<T>
    {
        if (a.is_same(b)) return true;
        return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
    }

private:
    static constexpr unsigned bits = 5;
    static constexpr std::size_t width = std::size_t{1} << bits;

    /// A leaf has values only, every other node children only.
    class node : public detail::counted {
    public:
        std::vector<T> values;
        std::vector<detail::counted_ptr<node>> children;
    };
    using node_ptr = detail::counted_ptr<node>;

    [[nodiscard]] static std::size_t slot(std::size_t index, unsigned shift) noexcept {
        return (index >> shift) & (width - 1);
    }
    [[nodiscard]] immutable_vector updated_here(std::size_t index, T value) && {
        if constexpr (std::equality_comparable<T>) {
            if ((*this)[index] == value) return std::move(*this);
        }
        WEIR_ASSERT(index < size_, "an immutable_vector has no such element");
        place(index, std::move(value));
        return std::move(*this);
    }
    /// Puts `value` at `index` <= size_, in place where nobody else has a share.
    void place(std::size_t index, T value) {
        if (index == width << shift_) {
            node_ptr higher(new node);
            higher.unshared().children.push_back(std::move(root_));
            root_ = std::move(higher);
            shift_ += bits;
        }
        node* at = &own(root_);
        for (unsigned shift = shift_; shift > 0; shift -= bits) {
            auto& children = at->children;
            if (slot(index, shift) == children.size()) children.emplace_back();
            at = &own(children[slot(index, shift)]);
        }
        if (slot(index, 0) == at->values.size()) {
            at->values.push_back(std::move(value));
        } else {
            at->values[slot(index, 0)] = std::move(value);
        }
        if (index == size_) ++size_;
    }
    [[nodiscard]] static node& own(node_ptr& at) {
        if (!at) at = node_ptr(new node);
        return at.unshared();
    }

    node_ptr root_;
    std::size_t size_ = 0;
    unsigned shift_ = 0;
};

/// Goes through the elements; each step costs a lookup.
template <class T>
class immutable_vector<T>::iterator {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    iterator() noexcept = default;
    explicit iterator(const immutable_vector& of, std::size_t index) noexcept
        : of_(&of), index_(index) {}
    reference operator*() const { return (*of_)[index_]; }
    pointer operator->() const { return &(*of_)[index_]; }
    iterator& operator++() noexcept {
        ++index_;
        return *this;
    }
    iterator operator++(int) noexcept { return iterator(*of_, index_++); }
    friend bool operator==(const iterator& a, const iterator& b) noexcept {
        return a.index_ == b.index_;
    }

private:
    const immutable_vector* of_ = nullptr;
    std::size_t index_ = 0;
};

template <class T>
inline constexpr bool is_immutable_value<immutable_vector<T>> = deeply_immutable<T>;

}  // namespace weir
