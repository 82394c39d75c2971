// SPDX-License-Identifier: Apache-2.0
// How many connections there are, to one origin and to all.
#include "client_peers.hpp"
#include "co_test.hpp"

#include <weir/base/refusal.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>

#include <algorithm>

using namespace weir::http::test;
namespace http = weir::http;
using weir::result;
using weir::task;

BOOST_AUTO_TEST_SUITE(origin_table_test)

namespace {

/// Answers after a second; knows how many it had at once.
class slow_handler {
public:
    http::handler handler() {
        return [this](http::exchange& exchange) { return answer(exchange); };
    }
    std::size_t most = 0;

private:
    task<result<void>> answer(http::exchange& exchange) {
        most = std::max(most, ++now_);
        const auto slept = co_await weir::sleep_for(1s);
        --now_;
        if (!slept) co_return weir::fail(slept.error());
        co_return co_await exchange.respond(http::status::ok, {}, exchange.request().target());
    }
    std::size_t now_ = 0;
};

/// Asks `count` times at once; gives how many were answered rightly.
task<std::size_t> ask_at_once(http::client& client, answering_server& server, std::size_t count) {
    std::size_t right = 0;
    weir::task_group group(co_await weir::this_task(), count, weir::on_error::collect_all);
    for (std::size_t i = 0; i < count; ++i) {
        const auto ask = [&client, &server, &right, i]() -> task<> {
            const std::string target = "/" + std::to_string(i);
            const auto page = co_await client.get(server.url(target));
            if (told(page) == "200 " + target) ++right;
        };
        auto started = group.spawn(ask);
        if (const auto begun = co_await started; !begun) break;
    }
    static_cast<void>(co_await group.join());
    co_return right;
}

}  // namespace

CO_TEST(an_origin_has_so_many_connections_and_the_others_wait) {
    slow_handler slow;
    answering_server server(slow.handler());
    const auto talk = [&]() -> task<> {
        http::client_options options;
        options.max_connections_per_origin = 3;
        http::client client(co_await weir::this_task(), options);
        const auto right = co_await ask_at_once(client, server, 9);
        CO_CHECK_EQUAL(right, 9U);
        CO_CHECK_EQUAL(slow.most, 3U);
        CO_CHECK_EQUAL(client.statistics().connections.value(), 3U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(few_connections_in_all_are_used_again_not_opened_anew) {
    slow_handler slow;
    answering_server server(slow.handler());
    const auto talk = [&]() -> task<> {
        http::client_options options;
        options.max_connections = 2;
        http::client client(co_await weir::this_task(), options);
        const auto right = co_await ask_at_once(client, server, 8);
        CO_CHECK_EQUAL(right, 8U);
        CO_CHECK_EQUAL(client.statistics().connections.value(), 2U);
        CO_CHECK_EQUAL(client.statistics().reused.value(), 6U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(whoever_would_wait_too_far_behind_is_refused) {
    slow_handler slow;
    answering_server server(slow.handler());
    const auto talk = [&]() -> task<> {
        http::client_options options;
        options.max_connections_per_origin = 1;
        options.max_waiting = 2;
        http::client client(co_await weir::this_task(), options);
        const auto right = co_await ask_at_once(client, server, 5);
        CO_CHECK_EQUAL(right, 3U);
        CO_CHECK_EQUAL(client.statistics().failures.value(), 2U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(an_idle_connection_elsewhere_makes_room) {
    scripted_server one({step(counted("one")), step(counted("one"))});
    scripted_server other({step(counted("other"))});
    const auto ask = [&]() -> task<> {
        http::client_options options;
        options.max_connections = 1;
        http::client client(co_await weir::this_task(), options);
        static_cast<void>(co_await client.get(one.url()));
        const auto page = co_await client.get(other.url());
        CO_CHECK_EQUAL(told(page), "200 other");
        CO_CHECK_EQUAL(client.open_connections(), 1U);
        const auto back = co_await client.get(one.url());
        CO_CHECK_EQUAL(told(back), "200 one");
        CO_CHECK_EQUAL(one.accepted, 2U);
    };
    const auto talk = [&]() -> task<> { co_await talk_to(other, ask); };
    co_await talk_to(one, talk);
}

CO_TEST(busy_connections_are_waited_for_across_origins) {
    slow_handler slow;
    slow_handler idle;
    answering_server one(slow.handler());
    answering_server other(idle.handler());
    const auto ask = [&]() -> task<> {
        http::client_options options;
        options.max_connections = 2;
        http::client client(co_await weir::this_task(), options);
        auto first = ask_at_once(client, one, 4);
        auto second = ask_at_once(client, other, 4);
        auto [a, b] = co_await weir::when_all(std::move(first), std::move(second));
        CO_CHECK_EQUAL(a, 4U);
        CO_CHECK_EQUAL(b, 4U);
        CO_CHECK(slow.most + idle.most <= 4);
        CO_CHECK(client.open_connections() <= 2);
    };
    const auto talk = [&]() -> task<> { co_await talk_to(other, ask); };
    co_await talk_to(one, talk);
}

CO_TEST(origins_are_forgotten_for_others_unless_they_are_busy) {
    slow_handler slow;
    answering_server busy(slow.handler());
    scripted_server other({step(counted("other")), step(counted("other"))});
    const auto ask = [&]() -> task<> {
        http::client_options options;
        options.max_origins = 1;
        http::client client(co_await weir::this_task(), options);
        const auto first = co_await client.get(other.url());
        CO_CHECK_EQUAL(told(first), "200 other");
        const auto wait = [&]() -> task<> { static_cast<void>(co_await client.get(busy.url())); };
        weir::task_group group(co_await weir::this_task(), 1);
        auto started = group.spawn(wait);
        static_cast<void>(co_await started);
        static_cast<void>(co_await weir::sleep_for(500ms));
        CO_CHECK_EQUAL(client.open_connections(), 1U);
        const auto refused = co_await client.get(other.url());
        CO_CHECK(!refused && refused.error().code() == weir::refusal::exhausted);
        CO_CHECK(refused || refused.error().phase() == http::client_phase::pool);
        static_cast<void>(co_await group.join());
        const auto again = co_await client.get(other.url());
        CO_CHECK_EQUAL(told(again), "200 other");
    };
    const auto talk = [&]() -> task<> { co_await talk_to(other, ask); };
    co_await talk_to(busy, talk);
}

BOOST_AUTO_TEST_SUITE_END()
