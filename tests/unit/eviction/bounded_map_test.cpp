// SPDX-License-Identifier: Apache-2.0
// bounded_map: what it holds, what it weighs and whom it tells, with each policy. How well the
// policies choose is tested with them.
#include <weir/eviction/bounded_map.hpp>

#include <weir/eviction/lru.hpp>
#include <weir/eviction/s3_fifo.hpp>

#include "allocation_count.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(bounded_map_test)

namespace {

using weir::bounded_map;

/// A policy as a type, for typed tests.
template <template <class> class Policy>
class with {
public:
    template <class K, class V, class Traits = weir::bounded_map_traits<K, V>>
    using map = bounded_map<K, V, Policy, Traits>;
};
using policies = std::tuple<with<weir::w_tinylfu>, with<weir::s3_fifo>, with<weir::lru>>;
/// Those that do not let the newest have it all.
using earning_policies = std::tuple<with<weir::w_tinylfu>, with<weir::s3_fifo>>;

/// A value whose copies are counted, and fail when it is time; it does not move.
class fragile {
public:
    explicit fragile(int number_) noexcept : number(number_) { ++live; }
    fragile(const fragile& other) : number(other.number) {
        if (copies_to_failure > 0 && --copies_to_failure == 0) throw std::runtime_error("copy");
        ++live;
    }
    fragile& operator=(const fragile& other) noexcept = default;
    ~fragile() { --live; }

    int number;
    static inline int live = 0;
    static inline int copies_to_failure = 0;
};

/// Puts `key` in until nothing fails any more: first the first copy fails, then the second ...
/// Returns how often it failed; the map must be as it was after each time.
template <class Map>
int put_at_last(Map& map, int key) {
    const std::size_t before = map.size();
    for (int failures = 0;; ++failures) {
        fragile::copies_to_failure = failures + 1;
        try {
            map.put(key, fragile(key));
            fragile::copies_to_failure = 0;
            return failures;
        } catch (const std::runtime_error&) {
            BOOST_TEST(map.size() == before);
            BOOST_TEST(fragile::live == static_cast<int>(before));
            std::size_t right = 0;
            map.for_each([&](auto& each) { right += each.value.number == each.key ? 1U : 0U; });
            BOOST_TEST(right == before);
        }
    }
}

/// What entries of strings weigh is their length; values that leave are kept here.
class collecting : public weir::bounded_map_traits<int, std::string> {
public:
    explicit collecting(std::vector<std::string>* left) : left_(left) {}

    static constexpr bool weighs = true;
    [[nodiscard]] static std::uint64_t weight(int /*key*/, const std::string& value) noexcept {
        return value.size();
    }
    void removed(int /*key*/, std::string& value, extra& /*with*/) {
        left_->push_back(std::move(value));
    }

private:
    std::vector<std::string>* left_;
};

/// Numbers that weigh themselves, with a number beside; the sum of those that left.
template <bool Weighs>
class noting : public weir::bounded_map_traits<int, unsigned> {
public:
    class extra {
    public:
        unsigned mark = 0;
    };
    static constexpr bool weighs = Weighs;
    [[nodiscard]] static std::uint64_t weight(int /*key*/, unsigned value) noexcept {
        return Weighs ? value : 1;
    }
    void removed(int key, unsigned value, extra& with) { left.emplace_back(key, value, with.mark); }

    std::vector<std::tuple<int, unsigned, unsigned>> left;
};

template <class Map>
void require_notes_of_replaced_values() {
    Map map(100);
    map.put(7, 20)->extra().mark = 1;
    auto* second = map.put(7, 30);
    BOOST_TEST(second->value == 30U);
    BOOST_TEST(second->extra().mark == 0U);
    second->extra().mark = 2;
    BOOST_TEST(map.size() == 1U);
    map.erase(7);
    const std::vector<std::tuple<int, unsigned, unsigned>> expected{{7, 20U, 1U}, {7, 30U, 2U}};
    BOOST_TEST((map.traits().left == expected));
    BOOST_TEST(map.weight() == 0U);
}

/// A name, which only becomes one on purpose.
class name {
public:
    explicit name(std::string_view text_) : text(text_) { ++made; }

    std::string text;
    static inline int made = 0;
};
/// Names by any case of letters.
class any_case : public weir::bounded_map_traits<name, int> {
public:
    class hash {
    public:
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return text.size(); }
        std::size_t operator()(const name& whole) const noexcept { return whole.text.size(); }
    };
    class equal {
    public:
        using is_transparent = void;
        bool operator()(const name& one, const name& other) const noexcept {
            return (*this)(one, std::string_view(other.text));
        }
        bool operator()(const name& one, std::string_view other) const noexcept {
            return std::equal(one.text.begin(), one.text.end(), other.begin(), other.end(),
                              [](char a, char b) { return (a | 0x20) == (b | 0x20); });
        }
    };
};

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(a_failed_copy_leaves_the_map_as_it_was, With, policies) {
    fragile::live = 0;
    {
        typename With::template map<int, fragile> map(100);
        int failures = 0;
        // Through some growth; then erased slots are used again.
        for (int key = 0; key < 40; ++key) failures += put_at_last(map, key);
        for (int key = 0; key < 40; key += 3) BOOST_TEST(map.erase(key));
        for (int key = 100; key < 120; ++key) failures += put_at_last(map, key);
        BOOST_TEST(failures > 3 * 60);
        for (int key = 0; key < 120; ++key) {
            const bool is_there = (key < 40 && key % 3 != 0) || key >= 100;
            auto* found = map.find(key);
            BOOST_TEST((found != nullptr) == is_there);
            if (found != nullptr) BOOST_TEST(found->value.number == key);
        }
    }
    BOOST_TEST(fragile::live == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_is_told_of_a_removal_may_take_the_value, With, policies) {
    std::vector<std::string> left;
    typename With::template map<int, std::string, collecting> map(100, collecting(&left));
    map.put(1, std::string(40, 'a'));
    map.put(2, std::string(30, 'b'));
    BOOST_TEST(map.erase(1));
    BOOST_TEST(map.weight() == 30U);
    for (int key = 3; key < 100; ++key) {
        map.put(key, std::string(30, 'c'));
        BOOST_TEST(map.weight() <= 100U);
    }
    BOOST_TEST(map.size() == 3U);
    BOOST_TEST(left.size() == 96U);
    map.clear();
    BOOST_TEST(map.weight() == 0U);
    BOOST_TEST(left.size() == 99U);
    BOOST_TEST(left.front() == std::string(40, 'a'));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_value_that_is_replaced_leaves_with_its_extra, With, policies) {
    require_notes_of_replaced_values<typename With::template map<int, unsigned, noting<false>>>();
    require_notes_of_replaced_values<typename With::template map<int, unsigned, noting<true>>>();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_value_may_be_replaced_by_a_lighter_or_heavier_one, With, policies) {
    typename With::template map<int, unsigned, noting<true>> map(100);
    for (int key = 0; key < 4; ++key) map.put(key, 25);
    BOOST_TEST(map.put(2, 5) != nullptr);
    BOOST_TEST(map.weight() == 80U);
    BOOST_TEST(map.size() == 4U);
    BOOST_TEST(map.put(2, 25) != nullptr);
    BOOST_TEST((map.weight() == 100U && map.size() == 4U));
    // Others leave for it, or it does; nothing is too heavy in the end.
    map.put(2, 90);
    BOOST_TEST(map.weight() <= 100U);
    map.put(2, 100);
    BOOST_TEST(map.weight() <= 100U);
    if (map.peek(2) != nullptr) BOOST_TEST(map.size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_heavier_than_all_may_be_goes_with_what_it_replaces, With,
                              policies) {
    typename With::template map<int, unsigned, noting<true>> map(100);
    map.put(1, 60);
    map.put(2, 10);
    BOOST_TEST(map.put(1, 101) == nullptr);
    BOOST_TEST(map.peek(1) == nullptr);
    BOOST_TEST(map.weight() == 10U);
    BOOST_TEST(map.put(3, 101) == nullptr);
    BOOST_TEST(map.traits().left.size() == 1U);
    BOOST_TEST(map.peek(2)->value == 10U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_value_that_is_refreshed_keeps_what_its_key_has_earned, With,
                              earning_policies) {
    typename With::template map<int, unsigned, noting<true>> map(1000);
    // 50 keys are asked for again and again; then only refreshed, as others come and go.
    for (int round = 0; round < 10; ++round) {
        for (int key = 0; key < 50; ++key) {
            if (map.find(key) == nullptr) map.put(key, 10);
        }
        for (int key = 1000; key < 1060; ++key) map.put(key + round * 100, 10);
    }
    int kept = 0;
    for (int key = 0; key < 50; ++key) {
        if (map.peek(key) != nullptr && map.put(key, 11) != nullptr) ++kept;
    }
    for (int key = 10'000; key < 10'200; ++key) map.put(key, 10);
    int left = 0;
    for (int key = 0; key < 50; ++key) left += map.peek(key) != nullptr ? 1 : 0;
    BOOST_TEST(kept == 50);
    BOOST_TEST(left == 50);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_says_to_weigh_nothing_weighs_one, With, policies) {
    typename With::template map<int, unsigned, noting<true>> map(50);
    for (int key = 0; key < 1000; ++key) {
        map.put(key, 0);
        BOOST_TEST(map.weight() == map.size());
        BOOST_TEST(map.size() <= 50U);
    }
    for (int key = 2000; key < 2100; ++key) map.put(key, 10);
    BOOST_TEST(map.weight() <= 50U);
    map.clear();
    BOOST_TEST((map.weight() == 0U && map.size() == 0U));
}

BOOST_AUTO_TEST_CASE(strings_are_looked_up_by_views_and_literals_without_making_a_string) {
    bounded_map<std::string, int> map(10);
    const std::string longer_than_inside_a_string(100, 'x');
    map.put(longer_than_inside_a_string, 1);
    map.put("a literal that does not fit into the string itself", 2);
    const weir::test::allocation_count allocated;
    BOOST_TEST(map.find(std::string_view(longer_than_inside_a_string))->value == 1);
    BOOST_TEST(map.find("a literal that does not fit into the string itself")->value == 2);
    BOOST_TEST(map.peek(std::string_view("a view of a text that nobody put in")) == nullptr);
    BOOST_TEST(map.erase(std::string_view(longer_than_inside_a_string)));
    BOOST_TEST(allocated.value() == 0U);
    BOOST_TEST(map.find(longer_than_inside_a_string) == nullptr);
}

BOOST_AUTO_TEST_CASE(what_hash_and_equal_of_the_traits_take_is_looked_up_as_it_is) {
    bounded_map<name, int, weir::w_tinylfu, any_case> map(10);
    map.put(name("Ada"), 1);
    map.put(name("Bob"), 2);
    name::made = 0;
    BOOST_TEST(map.find(std::string_view("aDA"))->value == 1);
    BOOST_TEST(map.erase(std::string_view("BOB")));
    BOOST_TEST(map.peek(std::string_view("bob")) == nullptr);
    BOOST_TEST(name::made == 0);
    BOOST_TEST(map.peek(name("ada"))->value == 1);
}

BOOST_AUTO_TEST_CASE(other_keys_are_looked_up_by_what_becomes_one) {
    bounded_map<std::uint64_t, int> map(10);
    map.put(7, 1);
    BOOST_TEST(map.find(7)->value == 1);
    const unsigned char narrow = 7;
    BOOST_TEST(map.find(narrow)->value == 1);
}

BOOST_AUTO_TEST_SUITE_END()
