// SPDX-License-Identifier: Apache-2.0
// registry: batches are seen as a whole, snapshots stay as they are, lookups cost no memory. Views
// of other shards are tested in ring/cache.
#include <weir/registry/registry.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <new>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(registry_test)

namespace {

using tools = weir::registry<std::string, int>;

/// Copying one fails once, when so many have been made.
class fragile {
public:
    explicit fragile(int number) : number_(number) {}
    fragile(const fragile& other) : number_(other.number_) {
        if (--copies_left == 0) throw std::bad_alloc();
    }
    fragile(fragile&&) noexcept = default;
    fragile& operator=(const fragile&) = default;
    fragile& operator=(fragile&&) noexcept = default;
    friend bool operator==(const fragile&, const fragile&) = default;
    [[nodiscard]] int number() const noexcept { return number_; }

    static inline int copies_left = 0;

private:
    int number_;
};
class fragile_hash {
public:
    std::size_t operator()(const fragile& of) const noexcept {
        return static_cast<std::size_t>(of.number() % 5);
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_batch_is_made_in_its_order) {
    tools known;
    BOOST_TEST(known.put("old", 0));
    BOOST_TEST(known.apply(tools::batch().put("a", 1).put("b", 2).erase("a").put("b", 3)));
    BOOST_TEST(known.find("a") == nullptr);
    BOOST_TEST(*known.find("b") == 3);
    BOOST_TEST(*known.find("old") == 0);
    BOOST_TEST(known.size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_generation_counts_changes_and_only_those) {
    tools known;
    BOOST_TEST(known.generation() == 0U);
    known.apply(tools::batch().put("a", 1).put("b", 2));
    BOOST_TEST(known.generation() == 1U);
    BOOST_TEST(!known.apply(tools::batch()));
    BOOST_TEST(!known.put("a", 1));
    BOOST_TEST(!known.erase("c"));
    BOOST_TEST(known.generation() == 1U);
    BOOST_TEST(known.erase("a"));
    BOOST_TEST(known.generation() == 2U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_sees_no_later_change) {
    tools known;
    known.apply(tools::batch().put("a", 1).put("b", 2));
    const auto before = known.snapshot();
    known.apply(tools::batch().put("a", 5).erase("b").put("c", 3));
    BOOST_TEST(*before.find("a") == 1);
    BOOST_TEST(*before.find("b") == 2);
    BOOST_TEST(!before.contains("c"));
    BOOST_TEST(known.snapshot().size() == 2U);
}

BOOST_AUTO_TEST_CASE(random_batches_do_to_it_what_they_do_to_a_map) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        weir::random chance(seed);
        weir::registry<int, int> known;
        std::map<int, int> expected;
        for (int step = 0; step < 300; ++step) {
            weir::registry_batch<int, int> batch;
            for (std::uint64_t n = chance.below(20); n > 0; --n) {
                const int key = static_cast<int>(chance.below(200));
                const int value = static_cast<int>(chance.below(10));
                if (chance.below(3) == 0) {
                    batch.erase(key);
                    expected.erase(key);
                } else {
                    batch.put(key, value);
                    expected[key] = value;
                }
            }
            known.apply(std::move(batch));
        }
        bool is_right = known.size() == expected.size();
        for (int key = 0; key < 200; ++key) {
            const auto at = expected.find(key);
            const int* found = known.find(key);
            is_right = is_right && (found != nullptr) == (at != expected.end()) &&
                       (found == nullptr || *found == at->second);
        }
        BOOST_TEST(is_right, "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(a_batch_that_fails_anywhere_changes_nothing) {
    int failures = 0;
    for (int fails_at = 1; fails_at < 200; ++fails_at) {
        fragile::copies_left = 0;
        weir::registry<fragile, int, fragile_hash> known;
        for (int i = 0; i < 20; ++i) known.put(fragile(i), i);
        weir::registry_batch<fragile, int> batch;
        for (int i = 10; i < 30; ++i) batch.put(fragile(i), -i).erase(fragile(i - 10));
        fragile::copies_left = fails_at;
        bool has_failed = false;
        try {
            known.apply(std::move(batch));
        } catch (const std::bad_alloc&) {
            has_failed = true;
        }
        fragile::copies_left = 0;
        failures += has_failed ? 1 : 0;
        // Before: 0 ... 19 as they were put. Afterwards: 20 ... 29, negative.
        bool is_whole = known.size() == (has_failed ? 20U : 10U);
        for (int i = 0; i < 30; ++i) {
            const int* found = known.find(fragile(i));
            const bool is_expected = has_failed ? i < 20 : i >= 20;
            is_whole = is_whole && (found != nullptr) == is_expected &&
                       (found == nullptr || *found == (has_failed ? i : -i));
        }
        BOOST_TEST(is_whole, "fails at copy " << fails_at << ", failed " << has_failed);
    }
    BOOST_TEST(failures > 10);
}

BOOST_AUTO_TEST_CASE(a_lookup_allocates_nothing) {
    weir::registry<int, int> known;
    for (int i = 0; i < 1000; ++i) known.put(i, i);
    const weir::test::allocation_count count;
    int sum = 0;
    for (int i = 0; i < 2000; ++i) {
        if (const int* found = known.find(i)) sum += *found;
    }
    const auto allocated = count.value();
    BOOST_TEST(sum == 999 * 500);
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
