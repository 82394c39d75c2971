// SPDX-License-Identifier: Apache-2.0
// client_lifecycle: no sequence of events leads where the table does not.
#include <weir/ws/client/client_state.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(client_state_test)

namespace {

using weir::ws::client_lifecycle;
using weir::ws::client_state;
using weir::ws::client_state_count;
using weir::ws::may_follow;
using enum weir::ws::client_state;

client_state state_of(std::uint64_t number) { return static_cast<client_state>(number); }

}  // namespace

static_assert(may_follow(initialized, connecting) && !may_follow(initialized, ready));
static_assert(may_follow(ready, disconnected) && !may_follow(ready, reconnecting));
static_assert(may_follow(error, connecting) && !may_follow(closed, connecting));

BOOST_AUTO_TEST_CASE(the_whole_way_of_a_client_is_legal) {
    client_lifecycle life;
    for (const client_state next :
         {connecting, connected, websocket_connected, ready, disconnected, reconnecting, connecting,
          disconnected, reconnecting, connecting, connected, websocket_connected, ready, closing,
          disconnected, closed}) {
        BOOST_TEST(life.enter(next), name_of(next));
        BOOST_TEST((life.state() == next));
    }
    BOOST_TEST(life.is_over());
}

BOOST_AUTO_TEST_CASE(what_may_not_follow_is_refused_and_changes_nothing) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        weir::random chance(seed);
        client_lifecycle life;
        for (int i = 0; i < 500; ++i) {
            const client_state before = life.state();
            const client_state next = state_of(chance.below(client_state_count));
            const bool entered = life.enter(next);
            BOOST_REQUIRE(entered == may_follow(before, next));
            BOOST_REQUIRE((life.state() == (entered ? next : before)));
        }
    }
}

BOOST_AUTO_TEST_CASE(from_everywhere_but_closed_a_client_can_be_closed) {
    for (std::uint64_t from = 0; from < client_state_count; ++from) {
        std::set<client_state> reached{state_of(from)};
        for (std::size_t i = 0; i < client_state_count; ++i) {
            const std::set<client_state> known = reached;
            for (const client_state each : known) {
                for (std::uint64_t to = 0; to < client_state_count; ++to) {
                    if (may_follow(each, state_of(to))) reached.insert(state_of(to));
                }
            }
        }
        BOOST_TEST(reached.contains(closed), name_of(state_of(from)));
        if (state_of(from) == closed) BOOST_TEST(reached.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_ready_client_was_connected_step_by_step) {
    for (std::uint64_t from = 0; from < client_state_count; ++from) {
        BOOST_TEST(may_follow(state_of(from), ready) == (state_of(from) == websocket_connected));
        BOOST_TEST(may_follow(state_of(from), connected) == (state_of(from) == connecting));
    }
}

BOOST_AUTO_TEST_CASE(every_state_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (std::uint64_t each = 0; each < client_state_count; ++each) {
        names.insert(name_of(state_of(each)));
    }
    BOOST_TEST(names.size() == client_state_count);
    BOOST_TEST(!names.contains("unknown"));
}

BOOST_AUTO_TEST_SUITE_END()
