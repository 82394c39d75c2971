// SPDX-License-Identifier: Apache-2.0
// bounded_map: what it holds, what it weighs and whom it tells, with each policy. How well the
// policies choose is tested with them.
#include <weir/cache/bounded_map.hpp>

#include <weir/cache/lru.hpp>
#include <weir/cache/s3_fifo.hpp>

#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_SUITE_END()
