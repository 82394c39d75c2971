// SPDX-License-Identifier: Apache-2.0
// A client of an exchange that goes on over its restarts: it signs in, follows three channels,
// places orders as fast as it may, and tells what happens.
//
//   exchange_client ws://HOST:PORT/PATH KEY SECRET ORDERS
#include "exchange.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/io/run.hpp>
#include <weir/sync/for_each_concurrent.hpp>
#include <weir/ws/client/client_adapter.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::ws;

namespace {

constexpr std::array channels{"ticker.BTC", "trades.BTC", "book.ETH"};

class outcome {
public:
    outcome() = default;
    unsigned placed = 0;
    unsigned lost = 0;   // nobody knows: ask the exchange before they are placed again
    unsigned wrong = 0;  // answered with something else
    unsigned news = 0;
};

weir::task<> tell(client& peer) {
    auto events = peer.listen();
    for (;;) {
        const auto each = co_await events.next();
        if (!each || !*each) co_return;
        if (const auto* down = std::get_if<connection_down>(&**each)) {
            std::printf("down: %s\n", down->why.error().message().c_str());
        } else if (const auto* ready = std::get_if<connection_ready>(&**each)) {
            std::printf("%s\n", ready->is_reconnection() ? "reconnected" : "connected");
        } else if (const auto* now = std::get_if<state_changed>(&**each)) {
            if (now->to == client_state::error) co_return;  // it has given up
        }
        std::fflush(stdout);
    }
}

weir::task<> read_news(client& peer, outcome& all) {
    for (;;) {
        const auto news = co_await peer.next();
        if (!news) co_return;
        ++all.news;
    }
}

weir::task<> place(exchange& words, client& peer, int number, outcome& all) {
    const std::string label = "order-" + std::to_string(number);
    const auto confirmed = co_await words.buy(peer, label);
    if (!confirmed) {
        ++all.lost;
        std::printf("%s: %s\n", label.c_str(), confirmed.error().message().c_str());
    } else {
        ++(*confirmed == label ? all.placed : all.wrong);
        std::printf("%s is placed\n", label.c_str());
    }
    std::fflush(stdout);
}

weir::task<weir::result<void>> trade(exchange& words, client& peer, int orders, outcome& all) {
    for (const char* channel : channels) {
        auto subscribing = peer.subscribe(channel);
        co_await weir::ok(std::move(subscribing));
    }
    std::vector<int> numbers(static_cast<std::size_t>(orders));
    std::iota(numbers.begin(), numbers.end(), 1);
    const auto one = [&](int number) { return place(words, peer, number, all); };
    auto placing = weir::for_each_concurrent(numbers, 8, one);
    co_await weir::ok(std::move(placing));
    co_return co_await peer.close();
}

client_setup setup_for(url where, exchange& words, weir::rate::rate_limiter<>& limiter) {
    client_setup setup(std::move(where));
    adapt(setup, words);
    setup.limiter = &limiter;
    setup.delays = reconnect_delays::interactive();
    return setup;
}

weir::task<int> talk(url where, std::string key, std::string secret, int orders) {
    exchange words(std::move(key), std::move(secret));
    // 120 at once, and 10 a second: what the exchange allows an account.
    weir::rate::rate_limiter<> limiter(weir::rate::quota(10, 1s, 120));
    client peer(setup_for(std::move(where), words, limiter));
    outcome all;
    auto together = weir::when_all(peer.run(), trade(words, peer, orders, all),
                                   read_news(peer, all), tell(peer));
    const auto ended = co_await together;
    const auto& counted = peer.statistics();
    std::printf("%u placed, %u lost, %u wrong, %u news, %llu connections, round trip %lld us\n",
                all.placed, all.lost, all.wrong, all.news,
                static_cast<unsigned long long>(counted.connections.value()),
                static_cast<long long>(counted.round_trip().count() / 1000));
    if (const auto& ran = std::get<0>(ended); !ran) {
        std::fprintf(stderr, "exchange_client: %s\n", ran.error().message().c_str());
        co_return 1;
    }
    co_return all.wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const auto where = url::parse(argc == 5 ? argv[1] : "");
    if (!where) {
        std::fprintf(stderr, "usage: exchange_client ws://HOST:PORT/PATH KEY SECRET ORDERS\n");
        return 2;
    }
    return weir::run(talk(*where, argv[2], argv[3], std::atoi(argv[4])));
}
