// SPDX-License-Identifier: Apache-2.0
// cache_state: what a cache keeps and for how long, without loads, coroutines or a clock: each call
// is told the time.
//
//   missing --keep--> fresh --refresh_ahead--> due --ttl--> stale --> expired --> missing
//      ^ ^              |                       |             |         |
//      | '- idle_ttl, erase, invalidate, evicted ------------------------'
//      '--negative_ttl-- negative <--keep_failure-- missing
#pragma once

#include <weir/cache/cache_options.hpp>
#include <weir/cache/tag_table.hpp>
#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/lru.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// How a cache hashes, compares, weighs and evicts. Derive from it to do otherwise.
template <class K, class V>
class cache_traits {
public:
    using hash = detail::key_hash<K>;
    using equal = std::equal_to<>;
    template <class Slots>
    using policy = w_tinylfu<Slots>;
    static constexpr bool weighs = false;
    [[nodiscard]] static std::uint64_t weight(const K& /*key*/, const V& /*value*/) noexcept {
        return 1;
    }
};

/// What an entry was made from: tags by name, and other entries by key.
template <class K>
class cache_tags {
public:
    cache_tags() noexcept = default;
    /// The entry is over when this tag is invalidated.
    cache_tags& add(std::string_view tag) {
        names.emplace_back(tag);
        return *this;
    }
    /// The entry is over when that of `key` is replaced, put, erased, or itself over by a tag that
    /// it had when this one was kept; not when it leaves for others or its time is over.
    cache_tags& depends_on(K key) {
        keys.push_back(std::move(key));
        return *this;
    }
    [[nodiscard]] bool empty() const noexcept { return names.empty() && keys.empty(); }

    std::vector<std::string> names;
    std::vector<K> keys;
};

/// What a load may say about the value that it gives, beside the value.
template <class K>
class load_terms {
public:
    load_terms() noexcept = default;
    [[nodiscard]] bool is_empty() const noexcept { return !ttl && made_from.empty(); }

    /// How long it is fresh; by default as the options say. Zero or less = it is not kept.
    std::optional<cache_options::duration> ttl;
    cache_tags<K> made_from;
    /// However long that is: it is not fresh for longer.
    cache_options::duration max_ttl = cache_options::forever;
    /// Set from outside: the key was put or erased meanwhile, and what is loaded will not be kept.
    bool is_superseded = false;
};

/// What is known about a key.
enum class cache_presence : std::uint8_t {
    missing,   ///< nothing
    fresh,     ///< a value
    due,       ///< a value that should be loaded anew soon
    stale,     ///< a value that may be given while a new one is loaded
    expired,   ///< a value that may be given if no new one can be loaded
    negative,  ///< that there is none
};

namespace detail {

/// A moment in two halves, so that it fits where four-byte parts do.
class packed_time {
public:
    using time_point = std::chrono::steady_clock::time_point;
    explicit packed_time(time_point when = time_point::max()) noexcept
        : halves_(std::bit_cast<halves>(when.time_since_epoch().count())) {}
    [[nodiscard]] time_point get() const noexcept {
        return time_point(time_point::duration(std::bit_cast<time_point::rep>(halves_)));
    }

private:
    using halves = std::array<std::uint32_t, 2>;
    halves halves_;
};

/// Stands in each entry: 20 bytes.
class cache_stamp {
public:
    packed_time fresh_until;
    std::uint32_t used_at = 0;  // in 256ths of idle_ttl, as far as 32 bits go
    std::uint32_t written = 0;  // number of the tag_table
    std::uint32_t tags = 0;     // set of the tag_table
};

}  // namespace detail

/// Values, kept failures and tags. Belongs to one thread; neither copies nor moves.
template <class K, class V, class Traits = cache_traits<K, V>>
class cache_state {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using tag_number = std::uint32_t;

    /// What was found; pointers are good until the next change of the state.
    class answer {
    public:
        explicit answer(cache_presence presence_, const V* value_ = nullptr,
                        std::error_code failure_ = {},
                        time_point fresh_until_ = time_point::max()) noexcept
            : presence(presence_), value(value_), failure(failure_), fresh_until(fresh_until_) {}
        [[nodiscard]] bool has_usable_value() const noexcept {
            return presence == cache_presence::fresh || presence == cache_presence::due ||
                   presence == cache_presence::stale;
        }
        cache_presence presence;
        const V* value;
        std::error_code failure;
        time_point fresh_until;  ///< of the value; `max()` = for ever
    };

    explicit cache_state(cache_options options)
        : options_(std::move(options)),
          idle_step_(std::max(options_.idle_ttl / 256, cache_options::duration(1))),
          kept_until_(std::max(options_.stale_while_revalidate, options_.stale_if_error)),
          has_lifetimes_(options_.ttl != cache_options::forever),
          values_(options_.max_weight, entry_traits(*this)),
          failures_(std::max<std::size_t>(1, options_.max_negative)) {}
    cache_state(const cache_state&) = delete;
    cache_state& operator=(const cache_state&) = delete;
    ~cache_state() = default;

    /// What is known about `key`; counts as a use. Forgets what is found to be over.
    template <class Q>
    [[nodiscard]] answer look_up(const Q& key, time_point now) {
        entry* const found = values_.find(key);
        if (found == nullptr) return look_up_failure(key, now);
        const cache_presence presence = presence_of(*found, now);
        if (presence == cache_presence::missing) {
            ++expirations_;
            values_.erase(key);
            return answer(cache_presence::missing);
        }
        if (has_idle_ttl()) found->used_at = idle_ticks(now);
        return answer(presence, &found->value, {}, found->fresh_until.get());
    }

    /// Keeps `value`, which was begun to be made when the tags' number was `since`.
    /// @param ttl  of this value; by default that of the options.
    void keep(const K& key, V value, time_point now, tag_number since,
              std::optional<cache_options::duration> ttl = std::nullopt,
              const cache_tags<K>& made_from = cache_tags<K>()) {
        const bool replaces = values_.peek(key) != nullptr;
        place(key, std::move(value), now, since, ttl, made_from);
        // Last: `value` was not made from what it replaces.
        if (replaces) forget_dependents(key);
    }
    /// Keeps `value`, which is made now. What was made from a value of before is over, also where
    /// that has left already.
    void put(const K& key, V value, time_point now,
             std::optional<cache_options::duration> ttl = std::nullopt,
             const cache_tags<K>& made_from = cache_tags<K>()) {
        forget_dependents(key);
        place(key, std::move(value), now, number(), ttl, made_from);
    }
    /// Keeps that a load has failed, if that is an answer.
    void keep_failure(const K& key, std::error_code error, time_point now, tag_number since) {
        const bool keeps_failures =
            options_.negative_ttl > cache_options::duration(0) && options_.max_negative > 0;
        if (!keeps_failures || !options_.is_negative(error)) return;
        if (values_.erase(key)) forget_dependents(key);
        failures_.put(key, failure{error, saturated_sum(now, options_.negative_ttl), since});
    }

    /// Returns whether there was a value.
    template <class Q>
    bool erase(const Q& key) {
        forget_dependents(key);
        failures_.erase(key);
        return values_.erase(key);
    }
    /// All entries with that tag are over: found out as they are asked for.
    void invalidate(std::string_view tag) {
        tags_.invalidate(tag_name(std::in_place_index<0>, tag));
        renew_tags();
    }
    void invalidate_all() {
        tags_.invalidate_all();
        renew_tags();
    }
    /// Erases the values that are over, of the next `steps` places, and failures alike. Returns how
    /// many values.
    std::size_t sweep(time_point now, std::size_t steps) {
        const auto erased = values_.sweep(
            steps, [&](entry& each) { return presence_of(each, now) == cache_presence::missing; });
        failures_.sweep(steps, [&](auto& each) { return !is_valid(each.value, now); });
        expirations_ += erased;
        return erased;
    }
    /// Looks at every value that is not over: `look(key, value)`.
    template <class F>
    void for_each(time_point now, F&& look) {
        values_.for_each([&](entry& each) {
            if (presence_of(each, now) != cache_presence::missing) look(each.key, each.value);
        });
    }
    void clear() noexcept {
        values_.clear();
        failures_.clear();
    }
    void resize(std::uint64_t max_weight) { values_.resize(max_weight); }

    /// For a value that is begun to be made now.
    [[nodiscard]] tag_number number() const noexcept { return tags_.now(); }
    [[nodiscard]] const cache_options& options() const noexcept { return options_; }
    /// Entries, those that are over but not found out yet among them.
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    /// A `sweep` of so many steps sees everything.
    [[nodiscard]] std::size_t places() const noexcept {
        return std::max(values_.places(), failures_.places());
    }
    [[nodiscard]] bool is_empty() const noexcept { return size() == 0 && failures_.size() == 0; }
    [[nodiscard]] std::uint64_t weight() const noexcept { return values_.weight(); }
    [[nodiscard]] std::uint64_t evictions() const noexcept { return values_.evictions(); }
    [[nodiscard]] std::uint64_t expirations() const noexcept { return expirations_; }
    /// Names in use, of tags and of entries that others were made from.
    [[nodiscard]] std::size_t tag_count() const noexcept { return tags_.tag_count(); }
    /// Whether anything here can end by itself.
    [[nodiscard]] bool has_lifetimes() const noexcept {
        return has_lifetimes_ || has_idle_ttl() || failures_.size() > 0;
    }
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return values_.memory_bytes(); }

private:
    class entry_traits : public Traits {
    public:
        using extra = detail::cache_stamp;
        explicit entry_traits(cache_state& owner) noexcept : owner_(&owner) {}
        void removed(const K& /*key*/, V& /*value*/, extra& stamp) noexcept {
            owner_->tags_.release(stamp.tags);
        }

    private:
        cache_state* owner_;
    };
    template <class Slots>
    using policy = typename Traits::template policy<Slots>;
    using value_map = bounded_map<K, V, policy, entry_traits>;
    using entry = typename value_map::entry;

    class failure {
    public:
        explicit failure(std::error_code error_, time_point until_, tag_number written_) noexcept
            : error(error_), until(until_), written(written_) {}
        std::error_code error;
        time_point until;
        tag_number written;
    };
    class failure_traits : public bounded_map_traits<K, failure> {
    public:
        using hash = typename Traits::hash;
        using equal = typename Traits::equal;
    };

    using tag_name = std::variant<std::string, K>;
    class tag_name_hash {
    public:
        std::size_t operator()(const tag_name& name) const {
            if (name.index() == 0) return std::hash<std::string>()(std::get<0>(name));
            return typename Traits::hash()(std::get<1>(name));
        }
    };
    class tag_name_equal {
    public:
        bool operator()(const tag_name& a, const tag_name& b) const {
            if (a.index() != b.index()) return false;
            if (a.index() == 0) return std::get<0>(a) == std::get<0>(b);
            return typename Traits::equal()(std::get<1>(a), std::get<1>(b));
        }
    };
    using tags = tag_table<tag_name, tag_name_hash, tag_name_equal>;
    using set_id = typename tags::set_id;

    void place(const K& key, V value, time_point now, tag_number since,
               std::optional<cache_options::duration> ttl, const cache_tags<K>& made_from) {
        failures_.erase(key);
        const set_id set = hold(made_from);
        const auto lifetime = ttl.value_or(options_.ttl);
        if (lifetime <= cache_options::duration(0) || !tags_.is_valid(set, since)) {
            tags_.release(set);
            values_.erase(key);
            return;
        }
        if (lifetime != cache_options::forever) has_lifetimes_ = true;
        // The tags of the value before are given back first, those of the new one are its own.
        if (entry* const before = values_.peek(key)) tags_.release(std::exchange(before->tags, 0));
        entry* const kept = values_.put(key, std::move(value));
        if (kept == nullptr) return tags_.release(set);
        kept->fresh_until = detail::packed_time(saturated_sum(now, lifetime));
        kept->used_at = idle_ticks(now);
        kept->written = since;
        kept->tags = set;
    }
    [[nodiscard]] static time_point saturated_sum(time_point when,
                                                  cache_options::duration more) noexcept {
        return more > time_point::max() - when ? time_point::max() : when + more;
    }
    [[nodiscard]] bool has_idle_ttl() const noexcept {
        return options_.idle_ttl != cache_options::forever;
    }
    [[nodiscard]] std::uint32_t idle_ticks(time_point now) const noexcept {
        return static_cast<std::uint32_t>(now.time_since_epoch() / idle_step_);
    }
    [[nodiscard]] cache_presence presence_of(const entry& found, time_point now) const noexcept {
        if (!tags_.is_valid(found.tags, found.written)) return cache_presence::missing;
        if (has_idle_ttl() && idle_ticks(now) - found.used_at > 256) return cache_presence::missing;
        if (!has_lifetimes_) return cache_presence::fresh;
        const time_point end = found.fresh_until.get();
        if (now < end) {
            return end - now > options_.refresh_ahead ? cache_presence::fresh : cache_presence::due;
        }
        if (now - end < options_.stale_while_revalidate) return cache_presence::stale;
        return now - end < kept_until_ ? cache_presence::expired : cache_presence::missing;
    }
    [[nodiscard]] bool is_valid(const failure& kept, time_point now) const noexcept {
        return now < kept.until && tags_.is_valid(tags::no_tags, kept.written);
    }
    template <class Q>
    [[nodiscard]] answer look_up_failure(const Q& key, time_point now) {
        if (failures_.size() == 0) return answer(cache_presence::missing);
        const auto* found = failures_.find(key);
        if (found == nullptr) return answer(cache_presence::missing);
        if (is_valid(found->value, now)) {
            return answer(cache_presence::negative, nullptr, found->value.error);
        }
        failures_.erase(key);
        return answer(cache_presence::missing);
    }
    /// The set of the tags, and of those of the entries that it depends on.
    [[nodiscard]] set_id hold(const cache_tags<K>& wanted) {
        if (wanted.empty()) return tags::no_tags;
        std::vector<typename tags::tag_id> all;
        for (const std::string& name : wanted.names)
            all.push_back(tags_.tag(tag_name(std::in_place_index<0>, name)));
        for (const K& key : wanted.keys) {
            all.push_back(tags_.tag(tag_name(std::in_place_index<1>, key)));
            if (const entry* origin = values_.peek(key)) {
                const auto& inherited = tags_.tags_of(origin->tags);
                all.insert(all.end(), inherited.begin(), inherited.end());
            }
        }
        return tags_.hold(std::move(all));
    }
    /// What was made from the entry of `key` is over.
    template <class Q>
    void forget_dependents(const Q& key) {
        if (tags_.tag_count() == 0) return;
        tags_.invalidate(tag_name(std::in_place_index<1>, K(key)));
        renew_tags();
    }
    void renew_tags() {
        if (!tags_.is_worn_out()) return;
        clear();
        tags_.restart();
    }

    cache_options options_;
    cache_options::duration idle_step_;
    cache_options::duration kept_until_;
    bool has_lifetimes_;
    std::uint64_t expirations_ = 0;
    tags tags_;
    value_map values_;
    bounded_map<K, failure, lru, failure_traits> failures_;
};

}  // namespace weir
