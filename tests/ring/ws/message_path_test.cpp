// SPDX-License-Identifier: Apache-2.0
// The small message path over connections: what is answered, and that a constant answer costs the
// heap nothing. Batches are handled kind by kind.
#include "ws_peers.hpp"

#include "allocation_count.hpp"

#include <weir/sync/map_grouped.hpp>
#include <weir/ws/routing/frame_router.hpp>
#include <weir/ws/routing/message_router.hpp>

#include <sys/socket.h>

using namespace weir::ws::test;
using weir::ws::connection;
using weir::ws::route_outcome;

BOOST_AUTO_TEST_SUITE(message_path_test)

namespace {

enum class kind : std::uint8_t { ping, data };

constexpr weir::name_table kinds(weir::named("ping", kind::ping), weir::named("data", kind::data));

using router = weir::ws::message_router<kind, kinds.size(), int>;

route_outcome echo_payload(int& handled, const weir::ws::envelope& message) {
    ++handled;
    return route_outcome::reply(weir::ws::message_kind::text, std::string(message.payload()));
}

const router& routes() {
    static const router made = [] {
        router all(kinds);
        all.reply(kind::ping, R"({"type":"pong"})").on(kind::data, echo_payload);
        all.reply_to_invalid(R"({"error":"invalid_json"})");
        return all;
    }();
    return made;
}

weir::task<> serve(connection peer) {
    int handled = 0;
    while (auto message = co_await peer.receive()) {
        auto outcome = routes().route(handled, message->text());
        if (!co_await weir::ws::reply_to(peer, std::move(outcome))) co_return;
    }
}

weir::task<> ask(connection peer, std::string& seen) {
    for (const char* text : {R"({"type":"ping"})", R"({"type":"data","payload":[7]})",
                             R"({"type":"other"})", "{", R"({"type":"ping"})"}) {
        const auto sent = co_await peer.send_text(text);
        if (!sent) co_return;
    }
    for (int i = 0; i < 4; ++i) {  // the unknown one has no answer
        const auto answer = co_await peer.receive();
        if (!answer) co_return;
        seen += answer->text();
        seen += ' ';
    }
    static_cast<void>(co_await peer.close());
}

using names = std::vector<std::string>;

/// One result for each message of a group.
weir::task<weir::result<names>> handle_group(std::vector<weir::ws::envelope> group) {
    names done;
    for (const auto& each : group) {
        done.push_back(each.type().text() + std::string(each.payload()) + "/" +
                       std::to_string(group.size()));
    }
    co_await weir::ok(weir::sleep_for(1ms));
    co_return done;
}

}  // namespace

RING_TEST(every_message_is_answered_as_its_route_says) {
    auto both = co_await connected();
    std::string seen;
    co_await together(serve(std::move(both.server)), ask(std::move(both.client), seen));
    BOOST_TEST(seen == R"({"type":"pong"} [7] {"error":"invalid_json"} {"type":"pong"} )");
}

RING_TEST(several_answers_arrive_in_order_and_then_the_close) {
    auto both = co_await connected();
    auto outcome = route_outcome::close(weir::ws::close_code::policy_violation, "enough")
                       .and_reply(weir::ws::message_kind::text, "one")
                       .and_reply(weir::ws::message_kind::binary, "two");
    const auto said = co_await weir::ws::reply_to(both.server, std::move(outcome));
    BOOST_TEST(said.has_value());
    const auto one = co_await both.client.receive();
    BOOST_REQUIRE(one.has_value());
    BOOST_TEST((one->is_text() && one->text() == "one"));
    const auto two = co_await both.client.receive();
    BOOST_REQUIRE(two.has_value());
    BOOST_TEST((!two->is_text() && two->text() == "two"));
    const auto end = co_await both.client.receive();
    BOOST_TEST((error_of(end) == weir::ws::connection_errc::closed));
    BOOST_TEST((both.client.close_code_received() == weir::ws::close_code::policy_violation));
    BOOST_TEST(both.client.close_reason_received() == "enough");
}

RING_TEST(a_batch_is_handled_kind_by_kind_and_answered_in_order) {
    const std::string text =
        R"({"batch":[{"type":"data","payload":1},{"type":"ping"},{"type":"data","payload":2}]})";
    const auto list = routes().read(text);
    BOOST_REQUIRE(list.has_value());
    const auto kind_of = [](const weir::ws::envelope& each) { return routes().kind_of(each); };
    std::vector<weir::ws::envelope> all(list->all().begin(), list->all().end());
    const auto done = co_await weir::with_timeout(
        5s, weir::map_grouped(std::move(all), kind_of, 16, handle_group));
    BOOST_REQUIRE(done.has_value());
    BOOST_REQUIRE(done->size() == 3U);
    BOOST_TEST(done->at(0) + ' ' + done->at(1) + ' ' + done->at(2) == "data1/2 ping/1 data2/2");
}

namespace {

/// Asks and is answered so often; both ends are on this thread.
weir::task<> ask_for_pongs(connection& peer, int count) {
    for (int i = 0; i < count; ++i) {
        static_cast<void>(co_await peer.send_text(R"({"type":"ping"})"));
        const auto pong = co_await peer.receive();
        BOOST_REQUIRE(pong.has_value());
    }
}

weir::task<> count_blocks_of_pongs(std::uint64_t& taken) {
    auto both = co_await connected();
    auto asking = [&taken](connection peer) -> weir::task<> {
        co_await ask_for_pongs(peer, 200);
        const weir::test::allocation_count count;
        co_await ask_for_pongs(peer, 1000);
        taken = count.value();
        static_cast<void>(co_await peer.close());
    };
    auto serving = serve(std::move(both.server));
    auto asked = asking(std::move(both.client));
    co_await together(std::move(serving), std::move(asked));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_constant_answer_takes_nothing_from_the_heap, WEIR_LINUX_ONLY) {
    if (!weir::test::allocations_are_counted()) return;
    std::uint64_t taken = 1;
    run_limited([&] { return count_blocks_of_pongs(taken); });
    BOOST_TEST(taken == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
