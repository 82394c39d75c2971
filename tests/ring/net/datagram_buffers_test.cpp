// SPDX-License-Identifier: Apache-2.0
// The buffers of one UDP socket: they come back, they say so, and they outlive their owner.
#include "net/datagram_buffers.hpp"
#include "io/kernel.hpp"
#include "stream_conformance.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using weir::net::detail::datagram_buffers;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(datagram_buffers_test)

namespace {

class listener final : public weir::net::detail::buffer_listener {
public:
    void buffer_returned() noexcept override { ++returned; }
    int returned = 0;
};

datagram_buffers& open(unsigned count, listener& owner) {
    return *must(datagram_buffers::open(weir::reactor::current().system(), count, 100, owner));
}

weir::task<> come_back() {
    listener owner;
    datagram_buffers& buffers = open(2, owner);
    auto first = buffers.take(0, 10);
    BOOST_TEST(!buffers.is_empty());
    auto second = buffers.take(1, 20);
    BOOST_TEST(buffers.is_empty());
    BOOST_TEST(owner.returned == 0);
    first.reset();
    BOOST_TEST(owner.returned == 1);  // only when there was none before
    second.reset();
    BOOST_TEST(owner.returned == 1);
    buffers.orphan();
    co_return;
}

weir::task<> outlive() {
    listener owner;
    datagram_buffers& buffers = open(3, owner);  // rounded up to 4
    auto held = buffers.take(2, 100);
    std::memset(held.data().data(), 7, held.size());
    buffers.orphan();
    BOOST_TEST(static_cast<int>(held.data()[99]) == 7);
    held.reset();  // the last one frees the memory: the leak checker sees it if not
    BOOST_TEST(owner.returned == 0);
    co_return;
}

weir::task<> groups_differ() {
    listener owner;
    datagram_buffers& a = open(1, owner);
    datagram_buffers& b = open(1, owner);
    BOOST_TEST(a.group() != b.group());
    BOOST_TEST(a.group() != 0);  // that of the shard's streams
    a.orphan();
    b.orphan();
    co_return;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_returned_buffer_is_announced_when_there_was_none) {
    weir::test::on_reactor(come_back);
}
BOOST_AUTO_TEST_CASE(held_buffers_outlive_their_owner) { weir::test::on_reactor(outlive); }
BOOST_AUTO_TEST_CASE(each_socket_has_a_group_of_its_own) { weir::test::on_reactor(groups_differ); }

BOOST_AUTO_TEST_SUITE_END()
