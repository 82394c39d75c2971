// SPDX-License-Identifier: Apache-2.0
// A hit in a cache that holds all keys, which are asked for with Zipf's law (0.9): with weir's
// policies, beside the usual list and map of the standard library and Boost.MultiIndex.
#include "cases.hpp"
#include "workload.hpp"

#include <weir/cache/cache.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/eviction/lru.hpp>
#include <weir/eviction/s3_fifo.hpp>

#if defined(WEIR_BENCH_WITH_BOOST)
#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#endif

#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace benchmark {
namespace {

using key = std::uint64_t;
using value = std::uint64_t;
constexpr std::size_t asked = 1'000'000;

/// What everybody writes first: exact LRU.
class naive_cache {
public:
    explicit naive_cache(std::size_t entries) : max_(entries) {}
    value* find(key k) {
        const auto found = places_.find(k);
        if (found == places_.end()) return nullptr;
        order_.splice(order_.begin(), order_, found->second);
        return &found->second->second;
    }
    void put(key k, value v) {
        order_.emplace_front(k, v);
        places_[k] = order_.begin();
        if (order_.size() <= max_) return;
        places_.erase(order_.back().first);
        order_.pop_back();
    }

private:
    std::size_t max_;
    std::list<std::pair<key, value>> order_;
    std::unordered_map<key, std::list<std::pair<key, value>>::iterator> places_;
};

#if defined(WEIR_BENCH_WITH_BOOST)
class boost_cache {
public:
    explicit boost_cache(std::size_t entries) : max_(entries) {}
    const value* find(key k) {
        auto& index = entries_.get<1>();
        const auto found = index.find(k);
        if (found == index.end()) return nullptr;
        entries_.relocate(entries_.begin(), entries_.project<0>(found));
        return &found->second;
    }
    void put(key k, value v) {
        entries_.push_front({k, v});
        if (entries_.size() > max_) entries_.pop_back();
    }

private:
    using entry = std::pair<key, value>;
    using by_use = boost::multi_index::sequenced<>;
    using by_key =
        boost::multi_index::hashed_unique<boost::multi_index::member<entry, key, &entry::first>>;
    std::size_t max_;
    boost::multi_index_container<entry, boost::multi_index::indexed_by<by_use, by_key>> entries_;
};
#endif

/// One of weir's maps with the interface of the others.
template <template <class> class Policy>
class weir_map {
public:
    explicit weir_map(std::size_t entries) : map_(entries) {}
    value* find(key k) {
        auto* found = map_.find(k);
        return found == nullptr ? nullptr : &found->value;
    }
    void put(key k, value v) { map_.put(k, v); }

private:
    weir::bounded_map<key, value, Policy> map_;
};

template <class Cache>
void add_map(contest& to, const std::string& topic, const char* who, std::size_t entries,
             const std::shared_ptr<const trace>& keys) {
    const auto all = std::make_shared<Cache>(entries);
    for (std::size_t i = 0; i < entries; ++i) all->put(i, i);
    for (const key each : *keys) keep(*all->find(each));  // as it is after a while
    to.add(topic, who, [all, keys] {
        const stopwatch watch;
        value sum = 0;
        for (const key each : *keys) sum += *all->find(each);
        keep(sum);
        return watch.each(keys->size());
    });
}

weir::task<weir::result<value>> never(const key& /*k*/) {
    co_return weir::fail(std::errc::io_error);
}

/// A cache that holds all keys, as it is after a while.
class full_cache {
public:
    explicit full_cache(weir::task_view owner, std::size_t entries, const trace& keys)
        : all(owner, with_lifetimes(entries), never) {
        for (std::size_t i = 0; i < entries; ++i) all.put(i, i);
        for (const key each : keys) keep(*all.find(each));
    }
    weir::cache<key, value> all;

private:
    static weir::cache_options with_lifetimes(std::size_t entries) {
        weir::cache_options options(entries);
        options.ttl = std::chrono::hours(1);
        return options;
    }
};

weir::task<double> get_all(std::size_t entries, const trace& keys) {
    full_cache full(co_await weir::this_task(), entries, keys);
    value sum = 0;
    const stopwatch watch;
    for (const key each : keys) {
        const auto got = co_await full.all.get(each);
        sum += *got;
    }
    keep(sum);
    co_return watch.each(keys.size());
}
weir::task<double> find_all(std::size_t entries, const trace& keys) {
    full_cache full(co_await weir::this_task(), entries, keys);
    value sum = 0;
    const stopwatch watch;
    for (const key each : keys) sum += *full.all.find(each);
    keep(sum);
    co_return watch.each(keys.size());
}

double heap_bytes() {
    const auto now = mallinfo2();
    return static_cast<double>(now.uordblks + now.hblkhd);
}
/// What an entry takes from the heap beside key and value, when `all` is full.
template <class Cache>
void print_overhead(const char* who, std::size_t entries, double bytes_before, Cache& all) {
    for (std::size_t i = 0; i < 2 * entries; ++i) all.put(i, i);  // some have left again
    const double each = (heap_bytes() - bytes_before) / static_cast<double>(entries);
    std::printf("{\"overhead\": \"a cache entry\", \"who\": \"%s\", \"bytes\": %.1f}\n", who,
                each - sizeof(key) - sizeof(value));
}
weir::task<> print_overhead_of_cache(std::size_t entries) {
    const double before = heap_bytes();
    weir::cache<key, value> all(co_await weir::this_task(), weir::cache_options(entries), never);
    print_overhead("weir", entries, before, all);
}
template <class Cache>
void print_overhead_of(const char* who, std::size_t entries) {
    const double before = heap_bytes();
    Cache all(entries);
    print_overhead(who, entries, before, all);
}

}  // namespace

void add_caches(contest& to) {
    for (const std::size_t entries : {std::size_t{10'000}, std::size_t{1'000'000}}) {
        const auto keys = std::make_shared<const trace>(zipf(entries, 0.9, asked, 1));
        const std::string topic =
            "cache hit, " + std::string(entries == 10'000 ? "10,000" : "1,000,000") + " entries";
        to.add(topic, "weir", in_task([=] { return find_all(entries, *keys); }));
        add_map<weir_map<weir::w_tinylfu>>(to, topic, "bounded_map", entries, keys);
        add_map<weir_map<weir::lru>>(to, topic, "lru", entries, keys);
        add_map<weir_map<weir::s3_fifo>>(to, topic, "s3_fifo", entries, keys);
        add_map<naive_cache>(to, topic, "std", entries, keys);
#if defined(WEIR_BENCH_WITH_BOOST)
        add_map<boost_cache>(to, topic, "boost", entries, keys);
#endif
        to.add(topic + ", co_await get", "weir", in_task([=] { return get_all(entries, *keys); }));
    }
}

void print_cache_overheads() {
    constexpr std::size_t entries = 1'000'000;
    weir::run(loop(), print_overhead_of_cache(entries));
    print_overhead_of<weir_map<weir::w_tinylfu>>("bounded_map", entries);
    print_overhead_of<naive_cache>("std", entries);
#if defined(WEIR_BENCH_WITH_BOOST)
    print_overhead_of<boost_cache>("boost", entries);
#endif
}

}  // namespace benchmark
