// SPDX-License-Identifier: Apache-2.0
// rooms: topics with members on any shard. A message is made once and shared by all who get it;
// publishing costs O(members of the room), and one message between shards for each other shard and
// turn, whatever is published in that turn.
//
//   publish --members on this shard--> deliver
//      \--outbox a shard--end of turn: one post--> that shard: deliver to its members, in order
//
// What one shard publishes reaches each member in the order in which it was published.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/result.hpp>
#include <weir/io/shard.hpp>
#include <weir/metrics/registry.hpp>
#include <weir/pubsub/detail/local_rooms.hpp>
#include <weir/pubsub/member.hpp>
#include <weir/pubsub/rooms_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::pubsub {

/// The name of a room and how many members of one shard are in it.
class room_size {
public:
    explicit room_size(std::string of, std::size_t count) : name(std::move(of)), members(count) {}
    std::string name;
    std::size_t members;
};

/// A set of rooms over all shards of a runtime. A room exists while it has members. Make it before
/// the shards run, destroy it after. Each function acts for the shard that calls it, apart from
/// `statistics`. Outside of a runtime there is one shard.
///
/// ```cpp
/// weir::pubsub::rooms<weir::ws::prepared_message> rooms(runtime.shard_count());
/// auto subscription = rooms.subscribe(client, "news");     // left when it is destroyed
/// rooms.publish("news", weir::ws::prepared_message(kind, bytes));
/// rooms.to("news").to("sports").publish(message);          // once to who is in both
/// ```
template <shared_message Message>
class rooms {
    using local = detail::local_rooms<Message>;

public:
    class subscription;
    class audience;

    /// @param shards   as the runtime has.
    explicit rooms(unsigned shards, const rooms_options& options = rooms_options())
        : options_(options) {
        WEIR_ASSERT(shards > 0, "rooms need at least one shard");
        for (unsigned i = 0; i < shards; ++i) {
            locals_.push_back(std::make_unique<local>(options_, shards));
            locals_.back()->all = &locals_;
        }
    }
    rooms(const rooms&) = delete;
    rooms& operator=(const rooms&) = delete;

    /// Puts `who` into the room for as long as the subscription lives. Twice in one room means two
    /// deliveries.
    [[nodiscard]] subscription subscribe(member<Message>& who, std::string_view room) {
        return subscription(here().join(who, room));
    }

    /// Gives `message` to every member of `room`, on every shard: here before it returns, elsewhere
    /// in a moment.
    /// Errors: no_buffer_space when another shard is behind by `max_in_flight` messages; then
    ///         nobody got it. A room without members is no error.
    result<void> publish(std::string_view room, const Message& message) {
        return send(detail::parcel<Message>(std::string(room), message));
    }

    /// Begins the list of rooms that one message goes to.
    [[nodiscard]] audience to(std::string_view room) { return audience(*this, room); }

    /// The `most` rooms with the most members on this shard, largest first.
    [[nodiscard]] std::vector<room_size> largest_here(std::size_t most) const {
        std::vector<room_size> sizes;
        here().for_each_room([&sizes](std::string_view name, std::size_t members) {
            sizes.emplace_back(std::string(name), members);
        });
        const auto larger = [](const room_size& a, const room_size& b) {
            return a.members > b.members || (a.members == b.members && a.name < b.name);
        };
        most = std::min(most, sizes.size());
        const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(most);
        std::partial_sort(sizes.begin(), middle, sizes.end(), larger);
        sizes.erase(middle, sizes.end());
        return sizes;
    }

    /// Any thread.
    [[nodiscard]] rooms_statistics statistics() const noexcept {
        rooms_statistics sum;
        for (const auto& each : locals_) {
            sum.published += each->published.value();
            sum.delivered += each->delivered.value();
            sum.dropped += each->dropped.value();
            sum.fell_behind += each->fell_behind.value();
            sum.refused += each->refused.value();
            sum.lost += each->lost.value();
            sum.subscriptions += each->subscriptions.value();
        }
        return sum;
    }

private:
    [[nodiscard]] local& here() const noexcept {
        const shard* current = shard::current_or_null();
        const unsigned index = current == nullptr ? 0 : current->index();
        WEIR_ASSERT(index < locals_.size(), "rooms were made for fewer shards than there are");
        return *locals_[index];
    }

    result<void> send(detail::parcel<Message> sent) {
        local& mine = here();
        for (const auto& each : locals_) {
            if (each.get() == &mine) continue;
            if (each->arriving.load(std::memory_order_relaxed) < options_.max_in_flight) continue;
            mine.refused.add();
            return fail(std::errc::no_buffer_space);
        }
        mine.published.add();
        for (unsigned target = 0; target < locals_.size(); ++target) {
            if (locals_[target].get() == &mine) continue;
            locals_[target]->arriving.fetch_add(1, std::memory_order_relaxed);
            mine.dispatch(target, sent);
        }
        mine.deliver(sent);
        return {};
    }

    rooms_options options_;
    std::vector<std::unique_ptr<local>> locals_;
};

/// One member's place in one room, given up when this is destroyed. Moves, does not copy; belongs
/// to the member's shard. Empty after a move.
template <shared_message Message>
class rooms<Message>::subscription {
public:
    subscription() noexcept = default;
    subscription(subscription&& other) noexcept : place_(std::exchange(other.place_, nullptr)) {}
    subscription& operator=(subscription&& other) noexcept {
        if (this != &other) {
            cancel();
            place_ = std::exchange(other.place_, nullptr);
        }
        return *this;
    }
    ~subscription() { cancel(); }

    /// Leaves the room now.
    void cancel() noexcept {
        if (auto* place = std::exchange(place_, nullptr)) place->owner.leave(place);
    }
    [[nodiscard]] bool is_active() const noexcept { return place_ != nullptr; }
    /// The room's name; only of an active one, and as long as it is.
    [[nodiscard]] std::string_view room() const noexcept { return place_->in.name; }

private:
    friend class rooms;
    using membership = typename local::membership;

    explicit subscription(membership* place) noexcept : place_(place) {}

    membership* place_ = nullptr;
};

/// Several rooms that one message goes to; who is in more than one of them gets it once.
template <shared_message Message>
class rooms<Message>::audience {
public:
    /// Adds a room.
    audience& to(std::string_view room) & {
        names_.emplace_back(room);
        return *this;
    }
    [[nodiscard]] audience&& to(std::string_view room) && {
        names_.emplace_back(room);
        return std::move(*this);
    }
    /// As `rooms::publish`.
    result<void> publish(const Message& message) {
        detail::parcel<Message> sent(names_.front(), message);
        sent.further_rooms.assign(names_.begin() + 1, names_.end());
        return owner_.send(std::move(sent));
    }

private:
    friend class rooms;

    explicit audience(rooms& owner, std::string_view room) : owner_(owner) {
        names_.emplace_back(room);
    }

    rooms& owner_;
    std::vector<std::string> names_;
};

/// Shows in a registry what `of` does, as `weir_pubsub_...`. It is borrowed: `shown_in` makes no
/// text any more when it has gone.
///
/// ```cpp
/// weir::pubsub::add_rooms_statistics(registry, rooms);
/// ```
/// @param labels  of `metrics::label`, joined by commas; needed where this is done twice.
template <shared_message Message>
void add_rooms_statistics(metrics::registry& shown_in, const rooms<Message>& of,
                          const std::string& labels = {}) {
    const auto add = [&](const char* name, const char* help,
                         std::uint64_t rooms_statistics::* member) {
        shown_in.add_count(metrics::description(name, help, labels),
                           [&of, member] { return of.statistics().*member; });
    };
    add("weir_pubsub_published_total", "Messages published.", &rooms_statistics::published);
    add("weir_pubsub_delivered_total", "Messages given to members.", &rooms_statistics::delivered);
    add("weir_pubsub_dropped_total", "Messages dropped for slow members.",
        &rooms_statistics::dropped);
    add("weir_pubsub_slow_members_total", "Members ended because they were too slow.",
        &rooms_statistics::fell_behind);
    add("weir_pubsub_refused_total", "Publishes refused because a shard was behind.",
        &rooms_statistics::refused);
    add("weir_pubsub_lost_total", "Messages that a shard's full inbox did not take.",
        &rooms_statistics::lost);
    shown_in.add_reading(
        metrics::description("weir_pubsub_subscriptions", "Members in rooms.", labels), "gauge",
        [&of] { return static_cast<double>(of.statistics().subscriptions); });
}

}  // namespace weir::pubsub
