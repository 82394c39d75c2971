// SPDX-License-Identifier: Apache-2.0
// local_rooms: one shard's part of a set of rooms: who is subscribed here, and what is on its way
// to the other shards. Everything but the counters belongs to its shard.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/coro/detail/frame_pool.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/timer.hpp>
#include <weir/metrics/counter.hpp>
#include <weir/metrics/gauge.hpp>
#include <weir/pubsub/member.hpp>
#include <weir/pubsub/rooms_options.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::pubsub::detail {

/// Lets a map of strings be searched with a view.
class text_hash {
public:
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>()(text);
    }
};

/// A message and the rooms that it goes to.
template <class Message>
class parcel {
public:
    explicit parcel(std::string to, Message sent) : room(std::move(to)), message(std::move(sent)) {}

    std::string room;
    std::vector<std::string> further_rooms;
    Message message;
};

template <class Message>
class local_rooms final : private turn_end_hook, private timer {
public:
    using member_type = member<Message>;
    using parcel_type = parcel<Message>;
    using parcels = std::vector<parcel_type>;

    class room;

    /// One member in one room. `place` is kept right when others leave, so that leaving is O(1).
    class membership : public weir::detail::pooled {
    public:
        explicit membership(local_rooms& rooms, room& joined, member_type& joiner) noexcept
            : owner(rooms), in(joined), who(joiner), place(joined.members.size()) {}
        local_rooms& owner;
        room& in;
        member_type& who;
        std::size_t place;
    };

    /// A member of a room and its membership.
    class seat {
    public:
        explicit seat(membership& by, member_type& taker) noexcept : place(&by), who(&taker) {}
        membership* place;
        member_type* who;
    };

    class room {
    public:
        room() noexcept = default;
        std::string_view name;  // the key in rooms_
        std::vector<seat> members;
    };

    explicit local_rooms(const rooms_options& options, unsigned shards)
        : options_(options), outbox_(shards) {}

    [[nodiscard]] membership* join(member_type& who, std::string_view name) {
        WEIR_ASSERT(!delivering_, "a member subscribed while a message is delivered to it");
        auto found = rooms_.find(name);
        if (found == rooms_.end()) {
            found = rooms_.try_emplace(std::string(name)).first;
            found->second.name = found->first;
        }
        room& in = found->second;
        auto made = std::make_unique<membership>(*this, in, who);
        in.members.emplace_back(*made, who);
        ++who.subscriptions_;
        subscriptions.add();
        return made.release();
    }

    void leave(membership* left) noexcept {
        WEIR_ASSERT(!delivering_, "a member unsubscribed while a message is delivered to it");
        room& in = left->in;
        const seat last = in.members.back();
        last.place->place = left->place;
        in.members[left->place] = last;
        in.members.pop_back();
        if (--left->who.subscriptions_ == 0) forget_backlog(left->who);
        subscriptions.subtract();
        if (in.members.empty()) rooms_.erase(rooms_.find(in.name));
        delete left;
    }

    /// Gives `sent` to the members on this shard.
    void deliver(const parcel_type& sent) {
        delivering_ = true;
        if (sent.further_rooms.empty()) {
            deliver_to(sent.room, sent.message, no_delivery);
        } else {
            ++delivery_;
            deliver_to(sent.room, sent.message, delivery_);
            for (const auto& name : sent.further_rooms) {
                deliver_to(name, sent.message, delivery_);
            }
        }
        delivering_ = false;
    }

    /// Puts `sent` into the post for shard `target`; it leaves at the end of this turn, together
    /// with what else goes there.
    void dispatch(unsigned target, const parcel_type& sent) {
        outbox_[target].push_back(sent);
        reactor::current().at_turn_end(*this);
    }

    /// Calls `visit(name, members)` for each room with members on this shard.
    template <class F>
    void for_each_room(F&& visit) const {
        for (const auto& [name, in] : rooms_) visit(std::string_view(name), in.members.size());
    }

    // Written by this shard, read by any.
    metrics::counter published;
    metrics::counter delivered;
    metrics::counter dropped;
    metrics::counter fell_behind;
    metrics::counter refused;
    metrics::counter lost;
    metrics::gauge subscriptions;
    /// Messages that other shards have sent here and that were not delivered yet. Any thread.
    std::atomic<std::size_t> arriving{0};
    /// The parts of all shards, by index.
    std::vector<std::unique_ptr<local_rooms>>* all = nullptr;

private:
    static constexpr std::uint64_t no_delivery = 0;
    static constexpr std::size_t fetched_ahead = 8;
    static constexpr std::chrono::milliseconds backlog_pace{2};

    void deliver_to(std::string_view name, const Message& message, std::uint64_t delivery) {
        const auto found = rooms_.find(name);
        if (found == rooms_.end()) return;
        const std::vector<seat>& members = found->second.members;
        for (std::size_t i = 0; i < members.size(); ++i) {
            // Many members lie outside of the cache: those to come are fetched meanwhile.
            if (i + fetched_ahead < members.size()) {
                __builtin_prefetch(members[i + fetched_ahead].who);
            }
            member_type& who = *members[i].who;
            if (delivery != no_delivery &&
                std::exchange(who.last_delivery_, delivery) == delivery) {
                continue;
            }
            offer(who, message);
        }
    }

    void offer(member_type& who, const Message& message) {
        if (who.is_behind_) return dropped.add();
        const std::size_t waiting = who.queued_bytes();
        const std::size_t bytes = message.size();
        if (options_.slow == slow_policy::drop_oldest) {
            // Half of the budget stays with us, because what the transport has queued cannot be
            // taken back.
            if (who.backlog_ != nullptr || !fits(waiting, bytes, options_.budget_bytes / 2)) {
                return keep(who, message, waiting);
            }
        } else if (!fits(waiting, bytes, options_.budget_bytes)) {
            return overrun(who);
        }
        delivered.add();
        who.deliver(message);
    }

    static bool fits(std::size_t waiting, std::size_t bytes, std::size_t budget) noexcept {
        return waiting == 0 || waiting + bytes <= budget;
    }

    void overrun(member_type& who) {
        dropped.add();
        if (options_.slow != slow_policy::close) return;
        who.is_behind_ = true;
        fell_behind.add();
        who.fall_behind();
    }

    void keep(member_type& who, const Message& message, std::size_t waiting) {
        if (who.backlog_ == nullptr) {
            who.backlog_ = std::make_unique<typename member_type::backlog>();
            lagging_.push_back(who);
            if (!timer::is_armed()) arm();
        }
        auto& kept = *who.backlog_;
        kept.messages.push_back(message);
        kept.bytes += message.size();
        while (kept.messages.size() > 1 && waiting + kept.bytes > options_.budget_bytes) {
            kept.bytes -= kept.messages.front().size();
            kept.messages.pop_front();
            dropped.add();
        }
    }

    void forget_backlog(member_type& who) noexcept {
        if (who.backlog_ == nullptr) return;
        dropped.add(who.backlog_->messages.size());
        who.backlog_.reset();
        static_cast<list_node&>(who).unlink();
        if (lagging_.empty()) reactor::current().timers().disarm(*this);
    }

    void arm() noexcept {
        reactor& loop = reactor::current();
        loop.timers().arm(*this, loop.now() + backlog_pace);
    }

    /// Lagging members get what their transports have room for. A look every two milliseconds, and
    /// only while somebody lags, is cheaper than a waiter for each of them.
    void expired() noexcept override {
        lagging_.for_each([this](member_type& who) {
            auto& kept = *who.backlog_;
            while (!kept.messages.empty() && fits(who.queued_bytes(), kept.messages.front().size(),
                                                  options_.budget_bytes / 2)) {
                kept.bytes -= kept.messages.front().size();
                delivered.add();
                who.deliver(kept.messages.front());
                kept.messages.pop_front();
            }
            if (!kept.messages.empty()) return;
            who.backlog_.reset();
            static_cast<list_node&>(who).unlink();
        });
        if (!lagging_.empty()) arm();
    }

    void turn_ends() noexcept override {
        for (unsigned target = 0; target < outbox_.size(); ++target) {
            if (!outbox_[target].empty()) send(target, std::exchange(outbox_[target], {}));
        }
    }

    void send(unsigned target, parcels&& batch) {
        local_rooms& there = *(*all)[target];
        const std::size_t count = batch.size();
        auto arrive = [&there, batch = std::move(batch)] {
            for (const auto& each : batch) there.deliver(each);
            there.arriving.fetch_sub(batch.size(), std::memory_order_relaxed);
        };
        if (this_shard().sibling(target).post(std::move(arrive))) return;
        there.arriving.fetch_sub(count, std::memory_order_relaxed);
        lost.add(count);
    }

    const rooms_options& options_;
    std::unordered_map<std::string, room, text_hash, std::equal_to<>> rooms_;
    std::vector<parcels> outbox_;  // by target
    intrusive_list<member_type> lagging_;
    std::uint64_t delivery_ = no_delivery;
    bool delivering_ = false;
};

}  // namespace weir::pubsub::detail
