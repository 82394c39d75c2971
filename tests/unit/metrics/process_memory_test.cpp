// SPDX-License-Identifier: Apache-2.0
// process_memory: the peak stays where memory was given back.
#include <weir/metrics/process_memory.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>

BOOST_AUTO_TEST_SUITE(process_memory_test)

BOOST_AUTO_TEST_CASE(what_was_touched_counts_and_the_peak_outlives_it) {
    constexpr std::size_t large = 64U * 1024 * 1024;
    const auto before = weir::metrics::process_memory::read();
    BOOST_REQUIRE(before.has_value());
    BOOST_TEST(before->resident_bytes() > 0U);
    BOOST_TEST(before->peak_bytes() >= before->resident_bytes());
    {
        const auto block = std::make_unique<unsigned char[]>(large);
        volatile unsigned char* bytes = block.get();
        for (std::size_t at = 0; at < large; at += 4096) bytes[at] = 1;
        const auto during = weir::metrics::process_memory::read();
        BOOST_REQUIRE(during.has_value());
        BOOST_TEST(during->resident_bytes() > large);
        BOOST_TEST(during->peak_bytes() >= during->resident_bytes());
    }
    const auto after = weir::metrics::process_memory::read();
    BOOST_REQUIRE(after.has_value());
    BOOST_TEST(after->peak_bytes() > large);
}

BOOST_AUTO_TEST_SUITE_END()
