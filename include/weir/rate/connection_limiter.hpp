// SPDX-License-Identifier: Apache-2.0
// connection_limiter: how many connections there may be at once, in all and from one source, and
// how fast new ones may come. It gives an alarm before it is full.
//
//   accept --try_admit--> slot (kept as long as the connection) --destroyed--> room for another
//               \--> refused: close it, or answer as `terms_of(why)` says
#pragma once

#include <weir/base/refused.hpp>
#include <weir/base/result.hpp>
#include <weir/net/endpoint.hpp>
#include <weir/rate/quota.hpp>
#include <weir/rate/source_network.hpp>
#include <weir/rate/token_bucket.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

namespace weir::rate {

/// What an alarm says.
class connection_alert {
public:
    explicit connection_alert(std::size_t open_, std::size_t max_, std::uint64_t refused_) noexcept
        : open(open_), max(max_), refused(refused_) {}
    std::size_t open;
    std::size_t max;
    std::uint64_t refused;  ///< since the alarm before, for whatever reason
};

/// The bounds of a connection_limiter. A limiter belongs to one shard: of n shards, each is given
/// an n-th.
class connection_limits {
public:
    connection_limits() {}

    std::size_t max_connections = 10'000;  ///< 1 or more
    std::size_t max_per_source = 100;      ///< of one `source_network`; 1 or more
    std::optional<quota> accept_rate;      ///< new ones, from all sources; none = any
    /// What is told to those who find it full, since nobody knows when a connection will end.
    std::chrono::nanoseconds retry_after = std::chrono::seconds(1);

    /// The alarm is given when this part of `max_connections` is open, 0 ... 1 ...
    double alert_threshold = 0.7;
    /// ... and again when that is so after this time.
    std::chrono::nanoseconds alert_cooldown = std::chrono::seconds(60);
    std::function<void(const connection_alert&)> on_alert;  ///< must not throw
};

/// The state of the limits: no clock and no socket, time is told. Remembers no more sources than it
/// has connections. Neither copies nor moves; must outlive its slots.
///
/// ```cpp
/// weir::rate::connection_limiter limiter;
/// auto slot = limiter.try_admit(socket.remote(), reactor.now());
/// if (!slot) continue;   // the socket is closed here
/// auto started = group.spawn(serve, std::move(socket), std::move(*slot));
/// ```
class connection_limiter {
public:
    using time_point = std::chrono::steady_clock::time_point;
    class slot;

    explicit connection_limiter(connection_limits limits = connection_limits(),
                                time_point now = time_point());
    connection_limiter(const connection_limiter&) = delete;
    connection_limiter& operator=(const connection_limiter&) = delete;
    ~connection_limiter();

    /// Admits a connection. Those from unix sockets have no source: all of them count together.
    ///
    /// Errors:     refusal::too_many_in_flight (in all, or from this source),
    ///             refusal::rate_limited; with the time after which to ask again.
    /// Allocates:  one block for a source that has no connection.
    [[nodiscard]] result<slot, refused> try_admit(const net::endpoint& peer, time_point now);

    [[nodiscard]] std::size_t open() const noexcept { return open_; }
    /// Those that have a connection.
    [[nodiscard]] std::size_t sources() const noexcept { return by_source_.size(); }
    /// Refused so far: because there were too many; because there were too many from the source;
    /// because they came too fast.
    [[nodiscard]] std::uint64_t refused_as_full() const noexcept { return refused_as_full_; }
    [[nodiscard]] std::uint64_t refused_by_source() const noexcept { return refused_by_source_; }
    [[nodiscard]] std::uint64_t refused_by_rate() const noexcept { return refused_by_rate_; }

private:
    using source_counts = std::unordered_map<source_network, std::size_t>;
    using counted_source = source_counts::value_type;

    /// Why one more from `source` is refused, if it is.
    [[nodiscard]] std::optional<refused> objection(const std::optional<source_network>& source,
                                                   time_point now) noexcept;
    [[nodiscard]] std::uint64_t refused_in_all() const noexcept {
        return refused_as_full_ + refused_by_source_ + refused_by_rate_;
    }
    void watch(time_point now);
    void release(counted_source* source) noexcept;

    connection_limits limits_;
    std::optional<token_bucket> accept_rate_;
    source_counts by_source_;
    std::size_t open_ = 0;
    std::uint64_t refused_as_full_ = 0;
    std::uint64_t refused_by_source_ = 0;
    std::uint64_t refused_by_rate_ = 0;
    std::uint64_t refused_at_alert_ = 0;
    std::optional<time_point> alerted_at_;
};

/// The right to one connection; gives it back when it is destroyed. Moves, does not copy.
class connection_limiter::slot {
public:
    slot(slot&& other) noexcept : of_(std::exchange(other.of_, nullptr)), source_(other.source_) {}
    slot& operator=(slot&& other) noexcept {
        std::swap(of_, other.of_);
        std::swap(source_, other.source_);
        return *this;
    }
    ~slot() {
        if (of_ != nullptr) of_->release(source_);
    }

private:
    friend class connection_limiter;
    explicit slot(connection_limiter& of, counted_source* source) noexcept
        : of_(&of), source_(source) {}

    connection_limiter* of_;
    counted_source* source_;  // null = it has none
};

}  // namespace weir::rate
