// SPDX-License-Identifier: Apache-2.0
// cache: values by key, loaded when they are asked for: once, whoever asks, however many, and
// whoever of them gives up. What is kept, how long and who leaves for whom is cache_state's; how
// many loads there are is single_flight's; here both meet.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/intrusive_list.hpp>
#include <weir/base/result.hpp>
#include <weir/cache/cache_options.hpp>
#include <weir/cache/cache_state.hpp>
#include <weir/cache/detail/load_batch.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/phase_ledger.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/io/timer.hpp>
#include <weir/sync/for_each_concurrent.hpp>
#include <weir/sync/single_flight.hpp>
#include <weir/sync/task_group.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// A cache of `V`s by `K`. Lives in the frame of the task that owns it and belongs to that shard:
/// each shard has one of its own, and tells the others of invalidations (`shard.run`). Neither
/// copies nor moves. `co_await close()` before it ends, where it refreshes.
///
/// ```cpp
/// weir::cache_options options(10'000);
/// options.ttl = 60s;
/// weir::cache<int, user> users(co_await weir::this_task(), options, fetch_user);
/// const weir::result<user> found = co_await users.get(7);
/// ```
template <class K, std::copy_constructible V, class Traits = cache_traits<K, V>>
class cache {
public:
    class get_awaiter;
    using time_point = std::chrono::steady_clock::time_point;
    using duration = cache_options::duration;
    /// Gives the value of a key, and may say more about it; both live as long as the load.
    using load_function = std::function<task<result<V>>(const K&, load_terms<K>&)>;
    /// Gives an outcome for each key, in their order.
    using load_many_function = detail::load_many_function<K, V>;

    /// @param load  gives a `task<result<V>>` for a `const K&`, or for that and a `load_terms<K>&`.
    ///              It must not ask for its own key, which would wait for ever.
    template <class F>
    explicit cache(task_view owner, cache_options options, F load)
        : state_(std::move(options)),
          load_(with_terms(std::move(load))),
          flights_(owner),
          batches_(owner),
          refreshing_(owner, std::max<std::size_t>(1, state_.options().max_refreshing),
                      on_error::collect_all) {}
    cache(const cache&) = delete;
    cache& operator=(const cache&) = delete;
    ~cache() = default;

    /// What goes for loaded values whose load did not say so itself. Before the first load.
    void terms_by(std::function<load_terms<K>(const K&, const V&)> terms) {
        terms_ = std::move(terms);
    }
    /// How `get_many` loads several at once. Before the first load.
    void load_many_by(load_many_function load) { load_many_ = std::move(load); }

    /// The value of `key`: the kept one, or one that is loaded now. All that ask meanwhile wait for
    /// the same load.
    ///
    /// @return        a copy.
    /// Errors:        those of the load, or a kept one of before (negative_ttl); timed_out after
    ///                load_timeout; operation_canceled.
    /// Cancellation:  ends this wait. The load goes on for the others, and ends with the last.
    /// Concurrency:   any number of tasks of the shard.
    /// Allocates:     nothing on a hit, but what copying does.
    [[nodiscard]] get_awaiter get(K key) { return get_awaiter(*this, std::move(key)); }

    /// The value that is kept for `key` and need not be loaded anew before it is used; counts as a
    /// use. Good until the next suspension or change.
    template <class Q>
    [[nodiscard]] const V* find(const Q& key) {
        const auto known = state_.look_up(key, now());
        if (!known.has_usable_value()) return nullptr;
        count_hit(known.presence);
        return known.value;
    }

    /// The values of several keys, in their order. Those that are not kept are loaded with one call
    /// of the function given to `load_many_by`, or one by one where there is none.
    ///
    /// @return        an outcome for each key.
    /// Errors:        in each outcome as `get`; illegal_byte_sequence where the load gave another
    ///                number of outcomes than it was given keys.
    /// Cancellation:  as `get`.
    [[nodiscard]] task<std::vector<result<V>>> get_many(std::vector<K> keys);

    /// Loads those of `keys` that are not kept, beginning after `delay`.
    ///
    /// @param max_in_flight  loads at once, from 1 on.
    /// @return        how many were loaded.
    /// Errors:        operation_canceled. What could not be loaded is not kept, and that is all.
    /// Cancellation:  ends the loads that nobody else waits for.
    [[nodiscard]] task<result<std::size_t>> warm(std::vector<K> keys, std::size_t max_in_flight,
                                                 duration delay = duration(0));

    /// Keeps `value`, whatever is being loaded for `key`.
    void put(const K& key, V value, std::optional<duration> ttl = std::nullopt,
             const cache_tags<K>& made_from = cache_tags<K>()) {
        supersede(key);
        state_.put(key, std::move(value), now(), ttl, made_from);
        await_ends();
    }
    /// What is kept for `key` is over, and what is being loaded for it will not be kept. Returns
    /// whether there was a value.
    bool erase(const K& key) {
        supersede(key);
        return state_.erase(key);
    }
    /// Everything with that tag is over; what is being loaded and will have it is not kept, but
    /// given to all that wait for it, and to those that join them. O(1).
    void invalidate(std::string_view tag) { state_.invalidate(tag); }
    /// Everything is over, and what is being loaded is not kept: whoever asks from now on gets a
    /// load of its own. O(loads); memory is given back as entries are asked for or swept.
    void invalidate_all() {
        state_.invalidate_all();
        running_.for_each([&](running_load& each) { flights_.forget(each.key_); });
    }
    /// Erases all that is over now; returns how many values. O(as many entries as there ever were).
    std::size_t sweep() { return state_.sweep(now(), state_.places()); }
    /// Another bound; a lower one lets entries leave now.
    void resize(std::uint64_t max_weight) { state_.resize(max_weight); }

    /// Stops the loads that nobody waits for, and waits for their end. Nothing is refreshed
    /// afterwards. Not to be called by a load.
    ///
    /// Errors:        none.
    /// Cancellation:  it waits all the same.
    /// Concurrency:   one at a time.
    [[nodiscard]] task<> close() {
        timers().disarm(sweeper_);
        refreshing_.request_stop();
        static_cast<void>(co_await refreshing_.join());
    }

    [[nodiscard]] cache_statistics statistics() const;
    [[nodiscard]] const cache_options& options() const noexcept { return state_.options(); }
    /// Entries, those that are over but not found out yet among them.
    [[nodiscard]] std::size_t size() const noexcept { return state_.size(); }
    /// Loads under way.
    [[nodiscard]] std::size_t loading() const noexcept { return flights_.in_flight(); }
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return state_.memory_bytes(); }

private:
    /// A load under way: in the frame that awaits it.
    class running_load : public list_node {
    public:
        explicit running_load(cache& owner, const K& key) noexcept
            : key_(key), number_(owner.state_.number()), owner_(owner), begun_(owner.now()) {
            owner.running_.push_back(*this);
        }
        running_load(const running_load&) = delete;
        running_load& operator=(const running_load&) = delete;
        ~running_load() {
            unlink();
            owner_.count_load(now() - begun_, has_value_);
        }

        const K& key_;
        std::uint32_t number_;
        load_terms<K> terms_;
        bool has_value_ = false;  // nor where it ends by an exception

    private:
        cache& owner_;
        time_point begun_;
    };
    /// Looks for what is over, a part at a time.
    class sweeper final : public timer {
    public:
        explicit sweeper(cache& owner) noexcept : owner_(owner) {}
        ~sweeper() { owner_.timers().disarm(*this); }
        void expired() noexcept override { owner_.sweep_a_part(); }

    private:
        cache& owner_;
    };
    using batch = detail::load_batch<K, V, typename Traits::hash, typename Traits::equal>;
    using flights = single_flight<K, V, typename Traits::hash, typename Traits::equal>;

    template <class F>
    [[nodiscard]] static load_function with_terms(F load) {
        if constexpr (std::invocable<F&, const K&, load_terms<K>&>) {
            return load;
        } else {
            return [load = std::move(load)](const K& key, load_terms<K>&) mutable {
                return load(key);
            };
        }
    }
    [[nodiscard]] static time_point now() noexcept { return reactor::current().now(); }
    [[nodiscard]] static timer_wheel& timers() noexcept { return reactor::current().timers(); }

    [[nodiscard]] auto loader() noexcept {
        return [this](const K& of) { return load_and_keep(of); };
    }
    [[nodiscard]] task<result<V>> load_and_keep(const K& key) {
        running_load load(*this, key);
        result<V> outcome = co_await limited(load_(key, load.terms_));
        settle(load, outcome);
        co_return outcome;
    }
    [[nodiscard]] task<result<V>> take_and_keep(const K& key, std::shared_ptr<batch> from,
                                                std::size_t index) {
        running_load load(*this, key);
        result<V> outcome = co_await limited(from->outcome_of(index));
        settle(load, outcome);
        co_return outcome;
    }
    [[nodiscard]] auto limited(task<result<V>> load) const {
        return with_timeout(state_.options().load_timeout, std::move(load));
    }
    /// Whether `get` would give an answer at once.
    [[nodiscard]] bool is_known(const K& key) {
        const auto known = state_.look_up(key, now());
        return known.has_usable_value() || known.presence == cache_presence::negative;
    }
    /// Where a load has failed, the value that is kept for that.
    [[nodiscard]] result<V> or_expired(const K& key, result<V> loaded) {
        if (loaded || is_stopped(loaded.error())) return loaded;
        const auto known = state_.look_up(key, now());
        if (known.value == nullptr) return loaded;
        const bool is_stale =
            known.presence == cache_presence::stale || known.presence == cache_presence::expired;
        if (is_stale) ++counted_.stale_hits;
        return *known.value;
    }
    void settle(running_load& load, const result<V>& outcome);
    void supersede(const K& key);
    void refresh(const K& key);
    [[nodiscard]] task<> refresh_in_background(K key);
    [[nodiscard]] task<> take_into(std::shared_ptr<batch> from, const K& key,
                                   std::optional<result<V>>& place);
    [[nodiscard]] task<result<void>> warm_one(K key, std::size_t& loaded);

    void count_hit(cache_presence presence) noexcept {
        ++counted_.hits;
        if (presence == cache_presence::stale) ++counted_.stale_hits;
    }
    void count_load(duration took, bool has_value) noexcept {
        ++counted_.loads;
        counted_.load_time += took;
        counted_.max_load_time = std::max(counted_.max_load_time, took);
        if (!has_value) ++counted_.load_failures;
    }
    void await_ends() noexcept {
        if (!sweeper_.is_linked() && state_.has_lifetimes()) sweep_after_interval();
    }
    void sweep_after_interval() noexcept {
        const duration pause = state_.options().sweep_interval;
        if (pause > duration(0) && pause < time_point::max() - now()) {
            timers().arm(sweeper_, now() + pause);
        }
    }
    void sweep_a_part() noexcept;

    cache_state<K, V, Traits> state_;
    load_function load_;
    load_many_function load_many_;
    std::function<load_terms<K>(const K&, const V&)> terms_;
    cache_statistics counted_;
    intrusive_list<running_load> running_;
    flights flights_;
    detail::batch_flights batches_;
    task_group refreshing_;
    std::size_t swept_ = 0;
    sweeper sweeper_{*this};
};

/// The awaiter of `cache::get`.
template <class K, std::copy_constructible V, class Traits>
class cache<K, V, Traits>::get_awaiter {
public:
    explicit get_awaiter(cache& owner, K key) : owner_(owner), key_(std::move(key)) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        if (self.promise().ambient().is_stopped()) {
            outcome_.emplace(fail(std::errc::operation_canceled));
            return false;
        }
        if (is_known()) return false;
        ++owner_.counted_.misses;
        waiting_.begin(self.promise().ambient(), "load");
        flight_.emplace(owner_.flights_, key_, owner_.loader());
        return flight_->await_suspend(self);
    }
    [[nodiscard]] result<V> await_resume() {
        if (!flight_) return std::move(*outcome_);
        waiting_.end();
        return owner_.or_expired(key_, flight_->await_resume());
    }

private:
    [[nodiscard]] bool is_known() {
        const auto known = owner_.state_.look_up(key_, owner_.now());
        if (known.presence == cache_presence::negative) {
            ++owner_.counted_.hits;
            ++owner_.counted_.negative_hits;
            outcome_.emplace(fail(known.failure));
            return true;
        }
        if (!known.has_usable_value()) return false;
        outcome_.emplace(*known.value);
        owner_.count_hit(known.presence);
        if (known.presence != cache_presence::fresh) owner_.refresh(key_);
        return true;
    }

    cache& owner_;
    K key_;
    phase_span waiting_;
    std::optional<result<V>> outcome_;
    std::optional<typename flights::run_awaiter> flight_;
};

// ---- loads

template <class K, std::copy_constructible V, class Traits>
void cache<K, V, Traits>::settle(running_load& load, const result<V>& outcome) {
    load.has_value_ = outcome.has_value();
    if (load.terms_.is_superseded) return;
    if (!outcome) {
        if (is_stopped(outcome.error())) return;
        state_.keep_failure(load.key_, outcome.error(), now(), load.number_);
    } else {
        load_terms<K>& terms = load.terms_;
        const duration left = terms.max_ttl;
        if (terms_ && terms.is_empty()) terms = terms_(load.key_, *outcome);
        const duration ttl = terms.ttl.value_or(state_.options().ttl);
        state_.keep(load.key_, *outcome, now(), load.number_, std::min({ttl, terms.max_ttl, left}),
                    terms.made_from);
    }
    await_ends();
}

template <class K, std::copy_constructible V, class Traits>
void cache<K, V, Traits>::supersede(const K& key) {
    if (running_.empty()) return;
    running_.for_each([&](running_load& each) {
        if (typename Traits::equal()(each.key_, key)) each.terms_.is_superseded = true;
    });
    flights_.forget(key);
}

template <class K, std::copy_constructible V, class Traits>
void cache<K, V, Traits>::refresh(const K& key) {
    if (state_.options().max_refreshing == 0 || flights_.is_loading(key)) return;
    const auto start = [this](K of) { return refresh_in_background(std::move(of)); };
    if (refreshing_.try_spawn(start, key)) ++counted_.refreshes;
}

template <class K, std::copy_constructible V, class Traits>
task<> cache<K, V, Traits>::refresh_in_background(K key) {
    try {
        // Its failure is counted; the value that is kept is given until it is expired.
        static_cast<void>(co_await flights_.run(key, loader()));
    } catch (...) {  // counted as well
    }
}

template <class K, std::copy_constructible V, class Traits>
void cache<K, V, Traits>::sweep_a_part() noexcept {
    constexpr std::size_t part = 4096;
    constexpr std::chrono::milliseconds pause(1);
    state_.sweep(now(), part);
    swept_ += part;
    if (swept_ < state_.places()) return timers().arm(sweeper_, now() + pause);
    swept_ = 0;
    if (!state_.is_empty()) sweep_after_interval();
}

template <class K, std::copy_constructible V, class Traits>
cache_statistics cache<K, V, Traits>::statistics() const {
    cache_statistics now = counted_;
    now.evictions = state_.evictions();
    now.expirations = state_.expirations();
    now.entries = state_.size();
    now.weight = state_.weight();
    return now;
}

// ---- several at once

template <class K, std::copy_constructible V, class Traits>
task<std::vector<result<V>>> cache<K, V, Traits>::get_many(std::vector<K> keys) {
    const auto missing = load_many_ ? std::make_shared<batch>(batches_, load_many_) : nullptr;
    // All are known before the first is loaded.
    for (const K& key : keys) {
        if (missing && !is_known(key) && !flights_.is_loading(key)) missing->add(key);
    }
    std::vector<std::optional<result<V>>> places(keys.size());
    task_group getting(co_await this_task(), std::max<std::size_t>(1, keys.size()),
                       on_error::collect_all);
    const auto get_one = [&](std::size_t i) { return take_into(missing, keys[i], places[i]); };
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const bool has_begun = getting.try_spawn(get_one, i);
        if (!has_begun) places[i].emplace(fail(std::errc::operation_canceled));
    }
    static_cast<void>(co_await getting.join());
    std::vector<result<V>> outcomes;
    outcomes.reserve(places.size());
    for (auto& each : places) outcomes.push_back(std::move(*each));
    co_return outcomes;
}

template <class K, std::copy_constructible V, class Traits>
task<> cache<K, V, Traits>::take_into(std::shared_ptr<batch> from, const K& key,
                                      std::optional<result<V>>& place) {
    const auto index = from ? from->index_of(key) : std::nullopt;
    if (!index || is_known(key)) {
        place.emplace(co_await get(key));
        co_return;
    }
    ++counted_.misses;
    const auto take = [this, from, at = *index](const K& of) {
        return take_and_keep(of, from, at);
    };
    result<V> loaded = co_await flights_.run(key, take);
    place.emplace(or_expired(key, std::move(loaded)));
}

template <class K, std::copy_constructible V, class Traits>
task<result<std::size_t>> cache<K, V, Traits>::warm(std::vector<K> keys, std::size_t max_in_flight,
                                                    duration delay) {
    co_await ok(sleep_for(delay));
    std::size_t loaded = 0;
    const auto load_one = [&](K key) { return warm_one(std::move(key), loaded); };
    co_await ok(for_each_concurrent(std::move(keys), max_in_flight, load_one));
    co_return loaded;
}

template <class K, std::copy_constructible V, class Traits>
task<result<void>> cache<K, V, Traits>::warm_one(K key, std::size_t& loaded) {
    if (state_.look_up(key, now()).has_usable_value()) co_return result<void>();
    const auto outcome = co_await flights_.run(key, loader());
    if (outcome) ++loaded;
    if (!outcome && is_stopped(outcome.error())) co_return fail(outcome.error());
    co_return result<void>();
}

}  // namespace weir
