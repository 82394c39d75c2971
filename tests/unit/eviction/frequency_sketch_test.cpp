// SPDX-License-Identifier: Apache-2.0
// frequency_sketch: never below the truth within a sample, rarely far above it, and half of it
// after each sample.
#include <weir/eviction/frequency_sketch.hpp>

#include <weir/base/random.hpp>
#include <weir/eviction/detail/slot_array.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

BOOST_AUTO_TEST_SUITE(frequency_sketch_test)

namespace {

using weir::frequency_sketch;

std::uint32_t hash_of(std::size_t key) { return weir::detail::spread_hash(key); }

/// Keys 0 ... count - 1, of which key k is drawn with a likelihood of about 1 / (k + 1).
std::size_t draw_zipf(weir::random& chance, std::size_t count) {
    const double exponent = chance.between(0.0, 1.0);
    const double drawn = std::pow(static_cast<double>(count), exponent);
    return std::min(count - 1, static_cast<std::size_t>(drawn) - 1);
}
/// Ticks once a count until the counters are halved.
std::size_t ticks_to_halving(frequency_sketch& sketch) {
    std::size_t ticks = 1;
    while (!sketch.tick()) ++ticks;
    return ticks;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_never_counted_is_estimated_as_nothing) {
    const frequency_sketch sketch(100);
    for (std::size_t key = 0; key < 1000; ++key) BOOST_TEST(sketch.estimate(hash_of(key)) == 0U);
}

BOOST_AUTO_TEST_CASE(one_key_is_counted_exactly_up_to_fifteen) {
    frequency_sketch sketch(1);
    for (unsigned count = 1; count <= 20; ++count) {
        sketch.add(hash_of(7), 1);
        BOOST_TEST(sketch.estimate(hash_of(7)) == std::min(count, frequency_sketch::max_count));
    }
    sketch.add(hash_of(7), 15);
    BOOST_TEST(sketch.estimate(hash_of(7)) == frequency_sketch::max_count);
}

BOOST_AUTO_TEST_CASE(several_accesses_count_as_so_many_single_ones) {
    for (std::size_t key = 0; key < 100; ++key) {
        frequency_sketch sketch(50);
        sketch.add(hash_of(key), 3);
        sketch.add(hash_of(key), 9);
        BOOST_TEST(sketch.estimate(hash_of(key)) == 12U);
    }
}

BOOST_AUTO_TEST_CASE(it_never_estimates_too_low_within_a_sample) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        weir::random chance(seed);
        frequency_sketch sketch(200);
        std::vector<unsigned> counts(1000);
        for (int access = 0; access < 2000; ++access) {
            const std::size_t key = draw_zipf(chance, counts.size());
            sketch.add(hash_of(key), 1);
            ++counts[key];
        }
        for (std::size_t key = 0; key < counts.size(); ++key) {
            const unsigned least = std::min(counts[key], frequency_sketch::max_count);
            BOOST_TEST(sketch.estimate(hash_of(key)) >= least, "seed " << seed << " key " << key);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stream_of_zipf_is_estimated_closely) {
    constexpr std::size_t entries = 10'000;
    weir::random chance(1);
    frequency_sketch sketch(entries);
    std::vector<unsigned> counts(entries * 10);
    for (std::size_t access = 0; access < entries * 10; ++access) {
        const std::size_t key = draw_zipf(chance, counts.size());
        sketch.add(hash_of(key), 1);
        ++counts[key];
    }
    std::size_t too_high = 0;
    std::size_t far_too_high = 0;
    for (std::size_t key = 0; key < counts.size(); ++key) {
        const unsigned truth = std::min(counts[key], frequency_sketch::max_count);
        const unsigned estimate = sketch.estimate(hash_of(key));
        if (estimate > truth + 1) ++too_high;
        if (estimate > truth + 4) ++far_too_high;
    }
    BOOST_TEST_MESSAGE("more than 1 too high: " << too_high << ", than 4: " << far_too_high);
    BOOST_TEST(too_high < counts.size() / 20);
    BOOST_TEST(far_too_high < counts.size() / 200);
}

BOOST_AUTO_TEST_CASE(a_full_sample_halves_all_counters) {
    frequency_sketch sketch(1000);
    for (std::size_t key = 0; key < 16; ++key) {
        if (key > 0) sketch.add(hash_of(key), static_cast<unsigned>(key));
    }
    BOOST_TEST(ticks_to_halving(sketch) == 10'000U);
    for (std::size_t key = 0; key < 16; ++key) BOOST_TEST(sketch.estimate(hash_of(key)) == key / 2);
    // What is left of the counters stands for half a sample.
    BOOST_TEST(ticks_to_halving(sketch) == 5'000U);
    for (std::size_t key = 0; key < 16; ++key) BOOST_TEST(sketch.estimate(hash_of(key)) == key / 4);
}

BOOST_AUTO_TEST_CASE(halving_takes_no_bit_from_a_neighbour) {
    frequency_sketch sketch(1);
    for (std::size_t key = 0; key < 1000; ++key) sketch.add(hash_of(key), 15);
    static_cast<void>(ticks_to_halving(sketch));
    for (std::size_t key = 0; key < 1000; ++key) BOOST_TEST(sketch.estimate(hash_of(key)) == 7U);
}

BOOST_AUTO_TEST_CASE(resizing_forgets_and_begins_a_new_sample) {
    frequency_sketch sketch(100);
    sketch.add(hash_of(1), 9);
    for (int i = 0; i < 999; ++i) BOOST_TEST(!sketch.tick());
    sketch.resize(200);
    BOOST_TEST(sketch.estimate(hash_of(1)) == 0U);
    BOOST_TEST(ticks_to_halving(sketch) == 2000U);
}

BOOST_AUTO_TEST_CASE(it_costs_less_than_five_bytes_an_entry) {
    BOOST_TEST(frequency_sketch(1).memory_bytes() == 64U);
    BOOST_TEST(frequency_sketch(13).memory_bytes() == 64U);
    BOOST_TEST(frequency_sketch(14).memory_bytes() == 128U);
    BOOST_TEST(frequency_sketch(130'000).memory_bytes() == 640'000U);
}

BOOST_AUTO_TEST_SUITE_END()
