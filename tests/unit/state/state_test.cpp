// SPDX-License-Identifier: Apache-2.0
// state: who shares what, what a change costs, and that nothing changes behind anybody's back.
#include <weir/state/state.hpp>

#include "allocation_count.hpp"

#include <weir/state/immutable_map.hpp>
#include <weir/state/immutable_vector.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace {

using weir::field;

struct address {
    std::string city;
};
struct person {
    std::string name;
    int visits = 0;
    weir::state<address> home;
    weir::immutable_vector<std::string> tags;
};

/// Has no default: whoever makes a session must say it.
class session_id {
public:
    explicit session_id(int number) noexcept : number_(number) {}
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

}  // namespace

template <>
inline constexpr bool weir::is_immutable_value<session_id> = true;

BOOST_AUTO_TEST_SUITE(state_test)

namespace {

using time_point = std::chrono::steady_clock::time_point;

/// The state of a connection: `id` is required, the rest has defaults.
struct session {
    session_id id;
    weir::immutable_map<std::string, int> subscriptions = {};
    std::string buffer = {};
    weir::immutable_map<std::string, int> metrics = {};
    std::optional<time_point> last_activity = std::nullopt;
};

struct subscribe {
    std::string topic;
    int row;
};
struct receive {
    std::string bytes;
};
struct count {
    std::string metric;
    int by;
};
struct touch {
    time_point now;
};
using update = std::variant<std::monostate, subscribe, receive, count, touch>;

/// What becomes of a session; all updates cost one allocation of the state.
class apply {
public:
    explicit apply(std::vector<update> updates) : updates_(std::move(updates)) {}
    [[nodiscard]] bool changes(const session&) const {
        return std::any_of(updates_.begin(), updates_.end(),
                           [](const update& each) { return each.index() != 0; });
    }
    void make(session& object) const {
        for (const update& each : updates_) {
            std::visit([&](const auto& what) { one(object, what); }, each);
        }
    }

private:
    static void one(session&, const std::monostate&) {}
    static void one(session& object, const subscribe& what) {
        object.subscriptions = object.subscriptions.updated(what.topic, what.row);
    }
    static void one(session& object, const receive& what) { object.buffer += what.bytes; }
    static void one(session& object, const count& what) {
        const int* before = object.metrics.find(what.metric);
        object.metrics =
            object.metrics.updated(what.metric, (before == nullptr ? 0 : *before) + what.by);
    }
    static void one(session& object, const touch& what) { object.last_activity = what.now; }

    std::vector<update> updates_;
};

person ada() {
    return person{.name = "Ada", .home = weir::state(address{"London"}), .tags = {"x", "y"}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_change_gives_another_state_and_leaves_the_first) {
    const weir::state<person> first(ada());
    const auto second = first.updated(field<&person::name> = "Grace", field<&person::visits> += 2);
    BOOST_TEST(first->name == "Ada");
    BOOST_TEST(first->visits == 0);
    BOOST_TEST(second->name == "Grace");
    BOOST_TEST(second->visits == 2);
    BOOST_TEST(!second.is_same(first));
}

BOOST_AUTO_TEST_CASE(nothing_new_gives_the_same_object) {
    const weir::state<person> first(ada());
    const auto second = first.updated(field<&person::name> = "Ada", field<&person::visits> += 0);
    BOOST_TEST(second.is_same(first));
    BOOST_TEST(first.updated().is_same(first));
}

BOOST_AUTO_TEST_CASE(untouched_states_and_containers_stay_shared) {
    const weir::state<person> first(ada());
    const auto second = first.updated(field<&person::name> = "Grace");
    BOOST_TEST(&*second->home == &*first->home);
    BOOST_TEST(second->tags.is_same(first->tags));
    const auto moved = second.updated(field<&person::home> = weir::state(address{"Paris"}));
    BOOST_TEST(&*moved->home != &*first->home);
    BOOST_TEST(moved->tags.is_same(first->tags));
}

BOOST_AUTO_TEST_CASE(several_changes_cost_one_allocation_and_none_cost_nothing) {
    const weir::state<person> first(ada());
    weir::test::allocation_count none;
    const weir::state<person> copy = first;
    const auto same = copy.updated(field<&person::visits> = 0);
    const auto for_none = none.value();
    weir::test::allocation_count two;
    const auto changed = first.updated(field<&person::name> = "Ida", field<&person::visits> = 1);
    const auto for_two = two.value();
    BOOST_TEST(changed->visits == 1);
    if (!weir::test::allocations_are_counted()) return;
    BOOST_TEST(for_none == 0U);
    BOOST_TEST(for_two == 1U);
}

BOOST_AUTO_TEST_CASE(equal_is_less_than_same) {
    const weir::state<std::string> a("x");
    const weir::state<std::string> b("x");
    BOOST_TEST((a == b));
    BOOST_TEST(!a.is_same(b));
    BOOST_TEST((a != weir::state<std::string>("y")));
    BOOST_TEST(weir::state<int>().updated().operator*() == 0);
}

BOOST_AUTO_TEST_CASE(a_list_of_updates_is_one_change_and_counters_add) {
    const weir::state<session> first(session{.id = session_id(7)});
    const time_point now(std::chrono::seconds(5));
    const std::vector<update> updates{
        subscribe{"rooms", 3}, receive{"ab"}, update(),  count{"messages", 1},
        count{"messages", 2},  receive{"c"},  touch{now}};
    const auto second = first.updated(apply(updates));
    BOOST_TEST(second->id.number() == 7);
    BOOST_TEST(*second->subscriptions.find("rooms") == 3);
    BOOST_TEST(second->buffer == "abc");
    BOOST_TEST(*second->metrics.find("messages") == 3);
    BOOST_TEST((second->last_activity == now));
    BOOST_TEST(first->buffer.empty());
    BOOST_TEST(first.updated(apply({update(), update()})).is_same(first));
}

BOOST_AUTO_TEST_CASE(threads_may_share_one_and_change_their_own) {
    const weir::state<person> shared(ada());
    std::vector<std::thread> threads;
    std::vector<int> visits(4);
    for (int& seen : visits) {
        threads.emplace_back([copy = shared, &seen] {
            weir::state<person> own = copy;
            for (int i = 0; i < 1000; ++i) own = own.updated(field<&person::visits> += 1);
            seen = own->tags.is_same(copy->tags) ? own->visits : -1;
        });
    }
    for (std::thread& each : threads) each.join();
    for (const int seen : visits) BOOST_TEST(seen == 1000);
    BOOST_TEST(shared->visits == 0);
}

BOOST_AUTO_TEST_SUITE_END()
