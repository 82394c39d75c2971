// SPDX-License-Identifier: Apache-2.0
// bounded_map against a model: random use from a seed, with keys of which four share each hash.
// Whatever happens, the bound holds, what went in comes out once, and what is there is found.
#include <weir/eviction/bounded_map.hpp>

#include "allocation_count.hpp"
#include "lifetime_probe.hpp"

#include <weir/base/random.hpp>
#include <weir/eviction/lru.hpp>
#include <weir/eviction/s3_fifo.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <unordered_map>
#include <utility>

BOOST_AUTO_TEST_SUITE(bounded_map_property_test)

namespace {

using weir::bounded_map;

class probe_tag {};
using probe = weir::test::lifetime_probe<probe_tag>;

/// A value with a number of its own.
class numbered {
public:
    numbered(int number, unsigned weight_) : identity(number), weight(weight_) {}

    probe identity;
    unsigned weight;
};

/// The values that are in a map, by their numbers.
class census {
public:
    void enters(int number, int key) { keys_.emplace(number, key); }
    void leaves(int number, int key) {
        const auto found = keys_.find(number);
        if (found == keys_.end() || found->second != key) {
            ++strangers_;
        } else {
            keys_.erase(found);
        }
    }
    [[nodiscard]] bool has(int number) const { return keys_.count(number) == 1; }
    [[nodiscard]] std::size_t size() const { return keys_.size(); }
    [[nodiscard]] const std::unordered_map<int, int>& keys() const { return keys_; }
    /// How often somebody left who was not there.
    [[nodiscard]] int strangers() const { return strangers_; }

private:
    std::unordered_map<int, int> keys_;
    int strangers_ = 0;
};

template <bool Weighs>
class traits : public weir::bounded_map_traits<int, numbered> {
public:
    class hash {
    public:
        std::size_t operator()(int key) const noexcept { return static_cast<std::size_t>(key / 4); }
    };
    static constexpr bool weighs = Weighs;

    explicit traits(census* values) : values_(values) {}

    [[nodiscard]] static std::uint64_t weight(int /*key*/, const numbered& value) noexcept {
        return Weighs ? value.weight : 1;
    }
    void removed(int key, numbered& value, extra& /*with*/) {
        values_->leaves(value.identity.value(), key);
    }

private:
    census* values_;
};

template <template <class> class Policy, bool Weighs>
class with {
public:
    static constexpr bool weighs = Weighs;
    using map = bounded_map<int, numbered, Policy, traits<Weighs>>;
};
using kinds = std::tuple<with<weir::w_tinylfu, false>, with<weir::w_tinylfu, true>,
                         with<weir::s3_fifo, false>, with<weir::s3_fifo, true>,
                         with<weir::lru, false>, with<weir::lru, true>>;

/// One map and what should be in it.
template <class With>
class story {
public:
    explicit story(std::uint64_t seed)
        : chance_(seed), bound_(some_bound()), map_(bound_, traits<With::weighs>(&values_)) {}

    void take_a_step() {
        const auto key = static_cast<int>(chance_.below(90));
        switch (chance_.below(32)) {
            case 0:
                return resize();
            case 1:
                return sweep();
            case 2:
                return map_.clear();
            case 3:
            case 4:
            case 5:
            case 6:
                return erase(key);
            default:
                break;
        }
        if (chance_.below(3) == 0) return find(key);
        put(key);
    }
    /// Whether all is as it should be.
    [[nodiscard]] bool is_sound() {
        std::uint64_t weight = 0;
        bool all_found = true;
        for (const auto& [number, key] : values_.keys()) {
            auto* found = map_.peek(key);
            all_found = all_found && found != nullptr && found->key == key &&
                        found->value.identity.value() == number;
            if (found != nullptr) weight += traits<With::weighs>::weight(key, found->value);
        }
        std::size_t seen = 0;
        map_.for_each([&](auto& /*entry*/) { ++seen; });
        return sound_ && all_found && values_.strangers() == 0 && weight <= bound_ &&
               map_.weight() == weight && map_.size() == values_.size() && seen == values_.size() &&
               probe::live() == static_cast<int>(values_.size());
    }

private:
    [[nodiscard]] std::uint64_t some_bound() {
        return 1 + chance_.below(chance_.below(3) == 0 ? 3 : With::weighs ? 400 : 60);
    }
    [[nodiscard]] bool holds(int key) {
        auto* found = map_.peek(key);
        return found != nullptr && values_.has(found->value.identity.value());
    }
    void expect(bool holds) { sound_ = sound_ && holds; }

    void put(int key) {
        const int number = next_++;
        const auto weight =
            static_cast<unsigned>(1 + chance_.below(chance_.below(8) == 0 ? 90 : 9));
        values_.enters(number, key);
        const auto* kept = map_.put(key, numbered(number, weight));
        if (With::weighs && weight > bound_) {
            values_.leaves(number, key);  // it never was there
            expect(map_.peek(key) == nullptr);
        }
        expect((kept != nullptr) == values_.has(number));
    }
    void find(int key) {
        const bool is_there = holds(key);
        const auto* found = map_.find(key);
        expect((found != nullptr) == is_there);
    }
    void erase(int key) {
        const bool is_there = holds(key);
        expect(map_.erase(key) == is_there);
        expect(!map_.erase(key));
    }
    void resize() {
        bound_ = some_bound();
        map_.resize(bound_);
    }
    void sweep() {
        const std::size_t before = values_.size();
        const std::size_t erased = map_.sweep(chance_.below(60), [&](auto& each) {
            return (each.key + each.value.identity.value()) % 3 == 0;
        });
        expect(before - values_.size() == erased);
    }

    weir::random chance_;
    std::uint64_t bound_;
    census values_;
    typename With::map map_;
    int next_ = 0;
    bool sound_ = true;
};

template <template <class> class Policy>
class sized {
public:
    using map = bounded_map<std::uint64_t, std::uint64_t, Policy>;
};
using policies = std::tuple<sized<weir::w_tinylfu>, sized<weir::s3_fifo>, sized<weir::lru>>;

/// Half of the accesses go to a tenth of the keys.
std::uint64_t skewed(weir::random& chance, std::uint64_t keys) {
    return chance.below(chance.below(2) == 0 ? keys / 10 : keys);
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(it_agrees_with_a_model_through_random_use, With, kinds) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        probe::reset();
        {
            story<With> told(seed);
            int step = 0;
            while (step < 400 && told.is_sound()) {
                told.take_a_step();
                ++step;
            }
            BOOST_TEST(told.is_sound(), "seed " << seed << ", step " << step);
        }
        BOOST_TEST(probe::live() == 0, "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_bound_of_one_holds_one, With, policies) {
    typename With::map map(1);
    for (std::uint64_t key = 0; key < 100; ++key) {
        map.put(key, key);
        map.put(key, key + 1);
        BOOST_TEST(map.size() == 1U);
        std::uint64_t held = 0;
        map.for_each([&](auto& each) { held = each.value; });
        BOOST_TEST(map.find(held - 1)->value == held);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_full_map_allocates_nothing, With, policies) {
    weir::random chance(1);
    typename With::map map(1000);
    for (std::uint64_t key = 0; key <= 1000; ++key) map.put(key, key);
    const std::size_t memory = map.memory_bytes();
    const weir::test::allocation_count allocated;
    for (int i = 0; i < 50'000; ++i) {
        const std::uint64_t key = skewed(chance, 5000);
        if (map.find(key) == nullptr) map.put(key, key);
        if (i % 64 == 0) map.erase(skewed(chance, 5000));
    }
    BOOST_TEST(allocated.value() == 0U);
    BOOST_TEST(map.memory_bytes() == memory);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_was_swept_away_makes_room_that_is_used_again, With, policies) {
    typename With::map map(1000);
    for (std::uint64_t key = 0; key < 1000; ++key) map.put(key, key);
    const std::size_t memory = map.memory_bytes();
    std::size_t swept = 0;
    for (int i = 0; i < 10; ++i) {
        swept += map.sweep(100, [](const auto& each) { return each.value % 2 == 0; });
    }
    BOOST_TEST(swept == 500U);
    BOOST_TEST(map.size() == 500U);
    for (std::uint64_t key = 1000; key < 1500; ++key) BOOST_TEST(map.put(key, key) != nullptr);
    for (std::uint64_t key = 0; key < 1500; ++key) {
        BOOST_TEST((map.peek(key) != nullptr) == (key % 2 == 1 || key >= 1000));
    }
    BOOST_TEST(map.evictions() == 0U);
    BOOST_TEST(map.memory_bytes() == memory);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lower_bound_lets_go_at_once_and_a_higher_one_takes_more, With,
                              policies) {
    typename With::map map(100);
    for (std::uint64_t key = 0; key < 100; ++key) map.put(key, key);
    map.resize(10);
    BOOST_TEST(map.size() == 10U);
    BOOST_TEST(map.evictions() == 90U);
    map.resize(1);
    BOOST_TEST(map.size() == 1U);
    map.resize(500);
    map.clear();
    for (std::uint64_t key = 0; key < 500; ++key) BOOST_TEST(map.put(key, key) != nullptr);
    BOOST_TEST(map.size() == 500U);
    BOOST_TEST(map.max_weight() == 500U);
}

BOOST_AUTO_TEST_CASE(an_entry_with_times_and_links_of_its_own_costs_48_bytes_beside_key_and_value) {
    class with_five_words : public weir::bounded_map_traits<std::uint64_t, std::uint64_t> {
    public:
        class extra {
        public:
            std::array<std::uint32_t, 5> words{};
        };
    };
    constexpr std::uint64_t entries = 100'000;
    bounded_map<std::uint64_t, std::uint64_t, weir::w_tinylfu, with_five_words> map(entries);
    for (std::uint64_t key = 0; key < 2 * entries; ++key) map.put(key, key);
    BOOST_TEST(map.size() == entries);
    const double each = static_cast<double>(map.memory_bytes()) / static_cast<double>(entries);
    BOOST_TEST_MESSAGE("bytes an entry beside key and value: " << each - 16);
    BOOST_TEST(each - 16 <= 48.0);
}

BOOST_AUTO_TEST_SUITE_END()
