// SPDX-License-Identifier: Apache-2.0
// receive_buffers: leases, and what happens when few buffers are left.
#include "io/receive_buffers.hpp"

#include "io/linux_kernel.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

BOOST_AUTO_TEST_SUITE(receive_buffers_test)

namespace {

constexpr unsigned count = 4;
constexpr std::size_t ring_bytes = 4096;
constexpr std::size_t bulk_bytes = 8192;

class fixture {
public:
    fixture() : system(std::move(*weir::linux_kernel::open(64, 128))) {}

    std::unique_ptr<weir::linux_kernel> system;
    weir::receive_buffers buffers{*system, count, ring_bytes, 2, bulk_bytes};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(pieces_of_one_buffer_follow_each_other, fixture) {
    const auto first = buffers.take(0, 100, true);
    const auto second = buffers.take(0, 50, true);
    BOOST_TEST(second.data().data() == first.data().data() + 100);
    BOOST_TEST(buffers.ring_available() == count);
}

BOOST_FIXTURE_TEST_CASE(a_full_buffer_comes_back_when_its_last_lease_is_dropped, fixture) {
    auto first = buffers.take(1, 4000, true);
    auto last = buffers.take(1, 96, false);
    BOOST_TEST(buffers.ring_available() == count - 1);
    first.reset();
    BOOST_TEST(buffers.ring_available() == count - 1);
    last.reset();
    BOOST_TEST(buffers.ring_available() == count);
}

BOOST_FIXTURE_TEST_CASE(the_last_buffers_bytes_are_copied_out_so_that_nobody_starves, fixture) {
    std::vector<weir::buffer_lease> held;
    for (std::uint16_t id = 0; id + 1U < count; ++id) held.push_back(buffers.take(id, 10, false));
    const auto last = buffers.take(count - 1, 10, false);
    BOOST_TEST(!last.is_shared_memory());
    BOOST_TEST(held.front().is_shared_memory());
    BOOST_TEST(buffers.ring_available() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_bulk_buffer_that_came_back_last_is_used_first, fixture) {
    auto* first = buffers.try_bulk();
    auto* second = buffers.try_bulk();
    BOOST_REQUIRE(first != nullptr);
    BOOST_REQUIRE(second != nullptr);
    BOOST_TEST(buffers.try_bulk() == nullptr);
    buffers.untouched(*second);
    buffers.untouched(*first);
    BOOST_TEST(buffers.try_bulk() == first);
    BOOST_TEST(buffers.bulk_is_scarce());
    buffers.untouched(*first);
}

BOOST_FIXTURE_TEST_CASE(a_lease_keeps_a_bulk_buffer_until_it_is_dropped, fixture) {
    auto* block = buffers.try_bulk();
    weir::buffer_lease lease(*block, buffers.bulk_memory(*block).first(5));
    weir::buffer_lease part = lease.share(lease.data().first(2));
    lease.reset();
    BOOST_TEST(buffers.bulk_is_scarce());
    part.reset();
    BOOST_TEST(!buffers.bulk_is_scarce());
}

BOOST_FIXTURE_TEST_CASE(a_lease_on_any_part_of_any_buffer_is_counted, fixture) {
    BOOST_TEST(buffers.is_all_free());
    auto part = buffers.take(0, 100, true);
    BOOST_TEST(!buffers.is_all_free());
    part.reset();
    BOOST_TEST(buffers.is_all_free());
    auto* block = buffers.try_bulk();
    BOOST_TEST(!buffers.is_all_free());
    buffers.untouched(*block);
    BOOST_TEST(buffers.is_all_free());
}

BOOST_AUTO_TEST_CASE(a_copy_outlives_what_it_was_copied_from) {
    weir::buffer_lease copy;
    {
        const std::vector<std::byte> original(3000, std::byte{7});
        copy = weir::buffer_lease::copy_of(original);
    }
    BOOST_TEST(copy.size() == 3000U);
    BOOST_TEST((copy.data()[2999] == std::byte{7}));
    BOOST_TEST(!copy.is_shared_memory());
}

BOOST_AUTO_TEST_SUITE_END()
