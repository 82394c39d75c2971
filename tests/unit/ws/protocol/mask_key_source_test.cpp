// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/mask_key_source.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(mask_key_source_test)

namespace {
int fills = 0;
void count_up(weir::mutable_bytes out) {
    ++fills;
    unsigned next = 0;
    for (std::byte& one : out) one = static_cast<std::byte>(next++);
}
}  // namespace

BOOST_AUTO_TEST_CASE(keys_are_fetched_in_bulk_and_handed_out_in_order) {
    fills = 0;
    ws::mask_key_source source(count_up);
    const ws::mask_key first = source.next();
    BOOST_TEST((first == ws::mask_key{std::byte{0}, std::byte{1}, std::byte{2}, std::byte{3}}));
    BOOST_TEST((source.next()[0] == std::byte{4}));
    for (int i = 2; i < 256; ++i) static_cast<void>(source.next());
    BOOST_TEST(fills == 1);
    BOOST_TEST((source.next() == first));
    BOOST_TEST(fills == 2);
}

BOOST_AUTO_TEST_CASE(the_kernel_gives_keys_that_do_not_repeat) {
    std::set<ws::mask_key> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(ws::mask_key_source::of_this_thread().next());
    // Two of 1,000 random 32-bit keys collide once in 8,600 runs; three never do.
    BOOST_TEST(seen.size() >= 998U);
}

BOOST_AUTO_TEST_SUITE_END()
