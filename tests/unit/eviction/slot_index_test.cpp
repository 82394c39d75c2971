// SPDX-License-Identifier: Apache-2.0
// slot_index against a multimap, with so few lines and hashes that lines overflow, and overflow
// around the end of the table; what erasing must close again.
#include <weir/eviction/slot_index.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

BOOST_AUTO_TEST_SUITE(slot_index_test)

namespace {

using weir::slot_index;

/// A table and what it should hold.
class pair_of_tables {
public:
    explicit pair_of_tables(std::size_t reserved) { index.reserve(reserved); }

    void insert(std::uint32_t hash) {
        const std::uint32_t slot = next_++;
        index.insert(hash, slot);
        model.emplace(hash, slot);
    }
    /// The `nth` of all that are there.
    void erase(std::size_t nth) {
        const auto chosen = std::next(model.begin(), static_cast<std::ptrdiff_t>(nth));
        index.erase(chosen->first, chosen->second);
        gone_.emplace_back(*chosen);
        model.erase(chosen);
    }
    /// Whether the index finds all that should be there and nothing that should not.
    [[nodiscard]] bool agree() const {
        const auto finds = [&](std::uint32_t hash, std::uint32_t slot) {
            return index.find(hash, [&](std::uint32_t each) { return each == slot; }) == slot;
        };
        return index.size() == model.size() &&
               std::all_of(model.begin(), model.end(),
                           [&](const auto& each) { return finds(each.first, each.second); }) &&
               std::none_of(gone_.begin(), gone_.end(),
                            [&](const auto& each) { return finds(each.first, each.second); });
    }
    void forget_the_gone() { gone_.clear(); }

    slot_index index;
    std::unordered_multimap<std::uint32_t, std::uint32_t> model;

private:
    std::uint32_t next_ = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> gone_;
};

/// Random insertions and erasures; what `hash_of` gives decides how crowded lines are.
template <class HashOf>
bool agree_all_along(std::uint64_t seed, std::size_t max_entries, HashOf&& hash_of) {
    weir::random chance(seed);
    pair_of_tables tables(max_entries);
    const std::size_t memory = tables.index.memory_bytes();
    for (int round = 0; round < 40; ++round) {
        tables.forget_the_gone();
        // Each round drifts towards a fill of its own.
        const std::size_t goal = chance.below(max_entries + 1);
        for (int step = 0; step < 60; ++step) {
            const std::size_t size = tables.model.size();
            const bool grows = size < goal ? chance.below(4) != 0 : chance.below(4) == 0;
            if (grows && size < max_entries) tables.insert(hash_of(chance));
            if (!grows && size > 0) tables.erase(chance.below(size));
            if (!tables.agree()) return false;
        }
    }
    return tables.index.memory_bytes() == memory;
}

template <class HashOf>
void require_agreement(HashOf&& hash_of) {
    for (const std::size_t max_entries : {1U, 5U, 6U, 7U, 12U, 40U, 100U}) {
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            BOOST_TEST(agree_all_along(seed, max_entries, hash_of),
                       "seed " << seed << ", " << max_entries << " entries");
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_empty_one_finds_nothing_and_owns_nothing) {
    const slot_index index;
    BOOST_TEST(index.find(0, [](std::uint32_t) { return true; }) == slot_index::none);
    BOOST_TEST(index.memory_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(spread_hashes_are_found_through_long_random_use) {
    require_agreement(
        [](weir::random& chance) { return static_cast<std::uint32_t>(chance.next()); });
}

BOOST_AUTO_TEST_CASE(keys_that_share_few_hashes_overflow_their_lines_and_are_found) {
    require_agreement([](weir::random& chance) {
        return static_cast<std::uint32_t>(chance.below(5)) * 0x33333333U;
    });
}

BOOST_AUTO_TEST_CASE(what_overflows_the_last_line_goes_on_in_the_first) {
    require_agreement([](weir::random& chance) {
        return chance.below(4) == 0 ? static_cast<std::uint32_t>(chance.below(2))
                                    : 0xFFFFFFFFU - static_cast<std::uint32_t>(chance.below(3));
    });
}

BOOST_AUTO_TEST_CASE(equal_hashes_are_told_apart_by_whoever_asks) {
    slot_index index;
    for (std::uint32_t slot = 0; slot < 100; ++slot) index.insert(7, slot);
    std::vector<bool> seen(100);
    const auto found = index.find(7, [&](std::uint32_t slot) {
        seen[slot] = true;
        return false;
    });
    BOOST_TEST(found == slot_index::none);
    BOOST_TEST(std::count(seen.begin(), seen.end(), true) == 100);
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_about_a_slot_of_another_hash) {
    slot_index index;
    weir::random chance(1);
    std::unordered_map<std::uint32_t, std::uint32_t> hashes;
    for (std::uint32_t slot = 0; slot < 1000; ++slot) {
        hashes[slot] = static_cast<std::uint32_t>(chance.next());
        index.insert(hashes[slot], slot);
    }
    for (const auto& [slot, hash] : hashes) {
        static_cast<void>(index.find(hash, [&, wanted = hash](std::uint32_t each) {
            BOOST_TEST(hashes[each] == wanted);
            return false;
        }));
    }
}

BOOST_AUTO_TEST_CASE(it_grows_when_nobody_reserved) {
    slot_index index;
    for (std::uint32_t slot = 0; slot < 10'000; ++slot) index.insert(slot * 0x9E3779B9U, slot);
    std::size_t found = 0;
    for (std::uint32_t slot = 0; slot < 10'000; ++slot) {
        const auto is_it = [&](std::uint32_t each) { return each == slot; };
        if (index.find(slot * 0x9E3779B9U, is_it) == slot) ++found;
    }
    BOOST_TEST(found == 10'000U);
}

BOOST_AUTO_TEST_CASE(it_allocates_nothing_up_to_what_was_reserved) {
    slot_index index;
    index.reserve(1000);
    weir::random chance(3);
    std::vector<std::uint32_t> hashes(1000);
    for (auto& hash : hashes) hash = static_cast<std::uint32_t>(chance.next());
    const std::size_t memory = index.memory_bytes();
    const weir::test::allocation_count allocated;
    for (int round = 0; round < 10; ++round) {
        for (std::uint32_t slot = 0; slot < 1000; ++slot) index.insert(hashes[slot], slot);
        index.reserve(1000);
        for (std::uint32_t slot = 0; slot < 1000; ++slot) index.erase(hashes[slot], slot);
    }
    BOOST_TEST(allocated.value() == 0U);
    BOOST_TEST(index.memory_bytes() == memory);
    BOOST_TEST(memory <= 11U * 1000 + 64);
}

BOOST_AUTO_TEST_SUITE_END()
