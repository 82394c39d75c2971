// SPDX-License-Identifier: Apache-2.0
// rooms over several shards: what is published on one reaches the members on the others, once, in
// order, and nothing is lost or delivered to those who have left.
#include <weir/pubsub/rooms.hpp>

#include "simulation.hpp"

#include <weir/io/runtime.hpp>
#include <weir/io/sleep.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(rooms_test)

namespace {

using namespace std::chrono_literals;
using text_rooms = weir::pubsub::rooms<std::string>;

constexpr unsigned shards = 3;
constexpr int messages = 2000;

class counting_member final : public weir::pubsub::member<std::string> {
public:
    [[nodiscard]] std::size_t queued_bytes() const noexcept override { return 0; }
    void deliver(const std::string& message) override {
        // "shard:number"; each publisher's numbers must come without a gap.
        const auto from = static_cast<std::size_t>(message[0] - '0');
        in_order = in_order && std::stoi(message.substr(2)) == next.at(from)++;
    }
    void fall_behind() noexcept override {}

    bool in_order = true;
    std::vector<int> next = std::vector<int>(shards);
};

weir::runtime_options options() {
    weir::runtime_options made;
    made.shards = shards;
    made.stall_threshold = 0ns;
    return made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_member_on_every_shard_gets_every_message_in_its_publishers_order,
                     WEIR_LINUX_ONLY) {
    weir::runtime runtime(options());
    text_rooms rooms(shards);
    std::atomic<unsigned> joined{0};
    std::atomic<unsigned> complete{0};
    std::atomic<bool> in_order{true};
    auto main = [&](weir::shard& here) -> weir::task<> {
        counting_member ann;
        counting_member bob;
        auto a = rooms.subscribe(ann, "r");
        auto b = rooms.subscribe(bob, "r");
        joined.fetch_add(1);
        while (joined.load() < shards) static_cast<void>(co_await weir::sleep_for(100us));
        for (int i = 0; i < messages; ++i) {
            const std::string text = std::to_string(here.index()) + ':' + std::to_string(i);
            while (!rooms.publish("r", text)) static_cast<void>(co_await weir::sleep_for(100us));
            if (i % 100 == 0) static_cast<void>(co_await weir::sleep_for(0ns));
        }
        const std::vector<int> all(shards, messages);
        while (ann.next != all || bob.next != all) {
            if (!co_await weir::sleep_for(100us)) break;
        }
        if (!ann.in_order || !bob.in_order) in_order.store(false);
        complete.fetch_add(1);
        // Nobody may end while others still send here.
        while (complete.load() < shards) static_cast<void>(co_await weir::sleep_for(100us));
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(in_order.load());
    const auto counts = rooms.statistics();
    BOOST_TEST(counts.published == std::uint64_t{shards} * messages);
    BOOST_TEST(counts.delivered == std::uint64_t{shards} * messages * shards * 2);
    BOOST_TEST(counts.lost == 0U);
}

BOOST_AUTO_TEST_CASE(a_shard_that_is_behind_makes_publishing_fail_rather_than_grow,
                     WEIR_LINUX_ONLY) {
    weir::runtime_options settings = options();
    settings.shards = 2;
    weir::runtime runtime(settings);
    weir::pubsub::rooms_options bounds;
    bounds.max_in_flight = 10;
    text_rooms rooms(2, bounds);
    int accepted = 0;
    std::atomic<bool> done{false};
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() == 1) {
            while (!done.load()) static_cast<void>(co_await weir::sleep_for(100us));
            co_return;
        }
        // Within one turn nothing leaves, so the eleventh finds the way full.
        while (rooms.publish("r", "x")) ++accepted;
        done.store(true);
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(accepted == 10);
    BOOST_TEST(rooms.statistics().refused == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
