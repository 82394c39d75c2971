// SPDX-License-Identifier: Apache-2.0
// member: whoever receives what is published in rooms, and what happens when it is too slow.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/intrusive_list.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace weir::pubsub {

namespace detail {
template <class Message>
class local_rooms;
}  // namespace detail

/// What can be published: a value that is cheap to copy, on any thread (a handle on shared bytes,
/// such as `ws::prepared_message`), and knows how many bytes it costs a receiver.
template <class T>
concept shared_message = std::copy_constructible<T> && requires(const T& message) {
    { message.size() } -> std::convertible_to<std::size_t>;
};

/// What is done with a message for a member that has more bytes waiting than its budget.
enum class slow_policy : std::uint8_t {
    close,        ///< the member is told (`fall_behind`), once, and gets nothing any more
    drop_newest,  ///< the message is dropped for this member
    drop_oldest,  ///< the oldest waiting messages of this member are dropped for it
};

/// One receiver of published messages. Derive from it what owns the transport. Belongs to one
/// shard; must not be destroyed while it is subscribed.
template <shared_message Message>
class member : private list_node {
public:
    member(const member&) = delete;
    member& operator=(const member&) = delete;

    /// Bytes that `deliver` has queued and that have not left yet.
    [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;
    /// Queues `message` for sending, without waiting. Must neither subscribe nor unsubscribe.
    virtual void deliver(const Message& message) = 0;
    /// This member is too slow: end it soon. Must neither subscribe nor unsubscribe.
    virtual void fall_behind() noexcept = 0;

    /// How many rooms it is in.
    [[nodiscard]] std::size_t subscriptions() const noexcept { return subscriptions_; }

protected:
    member() noexcept = default;
    ~member() { WEIR_ASSERT(subscriptions_ == 0, "a member was destroyed while it is subscribed"); }

private:
    template <class>
    friend class detail::local_rooms;
    template <class>
    friend class weir::intrusive_list;

    /// Under drop_oldest: what the transport does not take yet.
    class backlog {
    public:
        std::deque<Message> messages;
        std::size_t bytes = 0;
    };

    std::unique_ptr<backlog> backlog_;
    std::size_t subscriptions_ = 0;
    std::uint64_t last_delivery_ = 0;  // so that a union of rooms reaches it once
    bool is_behind_ = false;
};

}  // namespace weir::pubsub
