// SPDX-License-Identifier: Apache-2.0
// correlation_table: each reply goes to the request that it belongs to, or to nobody.
#include <weir/base/random.hpp>
#include <weir/base/refusal.hpp>
#include <weir/ws/client/client_error.hpp>
#include <weir/ws/client/correlation_table.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(correlation_table_test)

namespace {

using namespace std::chrono_literals;
using weir::ws::asker;
using weir::ws::client_errc;
using weir::ws::correlation;
using weir::ws::correlation_limits;
using weir::ws::correlation_table;
using weir::ws::message;
using outcome = weir::ws::correlation_table::outcome;

const correlation_table::time_point start{};

message text(std::string_view what) {
    return message(weir::ws::message_kind::text, weir::buffer_lease::copy_of(weir::as_bytes(what)));
}

class request final : public weir::ws::pending_request {
public:
    explicit request(correlation by, asker who = asker::user)
        : pending_request(std::move(by), who) {}
    void settle(weir::result<message>&& how) noexcept override { ended.emplace(std::move(how)); }
    /// What it got: the reply, the error, or nothing yet.
    [[nodiscard]] std::string got() const {
        if (!ended) return "nothing";
        return *ended ? std::string((*ended)->text()) : ended->error().message();
    }
    std::optional<weir::result<message>> ended;
};

correlation begins_with(std::string what) {
    return correlation::by_match(
        [what](const message& arrived) { return arrived.text().starts_with(what); });
}

/// A table whose requests leave it before they end.
class scene {
public:
    explicit scene(const correlation_limits& limits = {}) : table(limits) {}
    ~scene() {
        for (auto& each : requests) table.leave(*each, start);
    }
    request& add(correlation by, bool is_sent = true) {
        requests.push_back(std::make_unique<request>(std::move(by)));
        BOOST_REQUIRE(table.add(*requests.back(), start).has_value());
        if (is_sent) table.note_sent(*requests.back());
        return *requests.back();
    }
    request& add(std::string id, bool is_sent = true) {
        return add(correlation::by_id(std::move(id)), is_sent);
    }
    outcome take(std::string_view what, std::string_view id = {},
                 correlation_table::time_point now = start) {
        message arrived = text(what);
        return table.take(arrived, id, now);
    }

    correlation_table table;
    std::vector<std::unique_ptr<request>> requests;
};

}  // namespace

BOOST_AUTO_TEST_CASE(replies_in_any_order_go_where_they_belong) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        weir::random chance(seed);
        scene here;
        std::vector<std::string> open;
        for (int i = 0; i < 40; ++i) open.push_back(std::to_string(i));
        for (const std::string& id : open) here.add(id);
        while (!open.empty()) {
            const auto place = static_cast<std::ptrdiff_t>(chance.below(open.size()));
            const std::string id = *(open.begin() + place);
            open.erase(open.begin() + place);
            BOOST_REQUIRE((here.take("reply " + id, id) == outcome::answered));
        }
        for (const auto& each : here.requests) {
            BOOST_REQUIRE(each->got() == "reply " + each->by().id());
        }
        BOOST_TEST(here.table.size() == 0U);
    }
}

BOOST_AUTO_TEST_CASE(what_nobody_asked_for_is_left_to_others) {
    scene here;
    const request& asked = here.add("1");
    BOOST_TEST((here.take("hello") == outcome::unsolicited));
    BOOST_TEST((here.take("hello", "2") == outcome::unsolicited));
    BOOST_TEST(asked.got() == "nothing");
}

BOOST_AUTO_TEST_CASE(a_late_reply_is_swallowed_and_given_to_nobody) {
    scene here;
    request& gone = here.add("1");
    here.table.leave(gone, start);
    const request& other = here.add(begins_with("reply"));
    BOOST_TEST((here.take("reply to 1", "1") == outcome::late));
    BOOST_TEST(other.got() == "nothing");
    BOOST_TEST(gone.got() == "nothing");
    // Once: a second one is no reply to anything.
    BOOST_TEST((here.take("other", "1") == outcome::unsolicited));
}

BOOST_AUTO_TEST_CASE(an_id_is_not_used_again_before_its_late_reply_came_or_never_will) {
    scene here;
    request& gone = here.add("1");
    here.table.leave(gone, start);
    request again(correlation::by_id("1"));
    BOOST_TEST((here.table.add(again, start).error() == client_errc::duplicate_id));
    BOOST_TEST((here.table.add(again, start + 59s).error() == client_errc::duplicate_id));
    BOOST_TEST(here.table.add(again, start + 60s).has_value());
    here.table.leave(again, start);
}

BOOST_AUTO_TEST_CASE(two_requests_cannot_have_one_id) {
    scene here;
    here.add("1");
    request twin(correlation::by_id("1"));
    BOOST_TEST((here.table.add(twin, start).error() == client_errc::duplicate_id));
}

BOOST_AUTO_TEST_CASE(by_predicate_the_one_sent_first_is_answered_first) {
    scene here;
    const request& first = here.add(begins_with("price"));
    const request& second = here.add(begins_with("price"));
    BOOST_TEST((here.take("price 1") == outcome::answered));
    BOOST_TEST((here.take("price 2") == outcome::answered));
    BOOST_TEST((here.take("price 3") == outcome::unsolicited));
    BOOST_TEST(first.got() == "price 1");
    BOOST_TEST(second.got() == "price 2");
}

BOOST_AUTO_TEST_CASE(by_predicate_too_a_late_reply_is_not_given_to_the_next) {
    scene here;
    request& gone = here.add(begins_with("price"));
    here.table.leave(gone, start);
    const request& next = here.add(begins_with("price"));
    BOOST_TEST((here.take("price of the first") == outcome::late));
    BOOST_TEST((here.take("price of the next") == outcome::answered));
    BOOST_TEST(next.got() == "price of the next");
}

BOOST_AUTO_TEST_CASE(an_earlier_request_has_its_reply_although_a_later_one_was_given_up) {
    scene here;
    const request& early = here.add(begins_with("price"));
    request& gone = here.add(begins_with("price"));
    here.table.leave(gone, start);
    BOOST_TEST((here.take("price 1") == outcome::answered));
    BOOST_TEST(early.got() == "price 1");
    BOOST_TEST((here.take("price 2") == outcome::late));
}

BOOST_AUTO_TEST_CASE(a_lost_reply_does_not_swallow_others_for_ever) {
    scene here;
    request& gone = here.add(begins_with("price"));
    here.table.leave(gone, start);
    const request& next = here.add(begins_with("price"));
    BOOST_TEST((here.take("price", {}, start + 61s) == outcome::answered));
    BOOST_TEST(next.got() == "price");
}

BOOST_AUTO_TEST_CASE(what_was_not_sent_is_not_answered) {
    scene here;
    request& waiting = here.add("1", false);
    BOOST_TEST((here.take("reply", "1") == outcome::unsolicited));
    here.table.note_sent(waiting);
    BOOST_TEST((here.take("reply", "1") == outcome::answered));
    request& never = here.add("2", false);
    here.table.leave(never, start);
    BOOST_TEST(here.table.late() == 0U);
}

BOOST_AUTO_TEST_CASE(a_break_ends_what_was_sent_and_later_connections_cannot_answer_it) {
    scene here;
    const request& sent = here.add("1");
    request& unsent = here.add("2", false);
    BOOST_TEST(here.table.break_off(client_errc::connection_lost) == 1U);
    BOOST_TEST((sent.ended->error() == client_errc::connection_lost));
    BOOST_TEST(unsent.got() == "nothing");
    BOOST_TEST((here.take("reply", "1") == outcome::unsolicited));
    // It leaves over the next connection, under its old id.
    here.table.note_sent(unsent);
    BOOST_TEST((here.take("reply", "2") == outcome::answered));
}

BOOST_AUTO_TEST_CASE(requests_and_late_replies_are_bounded) {
    correlation_limits few;
    few.max_pending = 2;
    few.max_late = 2;
    scene here(few);
    for (const char* id : {"1", "2", "3"}) here.table.leave(here.add(id), start);
    BOOST_TEST(here.table.late() == 2U);
    BOOST_TEST((here.take("reply", "1") == outcome::unsolicited));
    BOOST_TEST((here.take("reply", "2") == outcome::late));
    here.add("4");
    here.add("5");
    request third(correlation::by_id("6"));
    BOOST_TEST((here.table.add(third, start).error() == weir::refusal::too_many_in_flight));
}

BOOST_AUTO_TEST_CASE(users_and_hooks_do_not_take_each_other_s_room) {
    correlation_limits few;
    few.max_pending = 1;
    scene here(few);
    here.add("1");
    request of_hook(correlation::by_id("2"), asker::hook);
    request another(correlation::by_id("3"), asker::hook);
    BOOST_TEST(here.table.add(of_hook, start).has_value());
    BOOST_TEST(here.table.size() == 2U);
    BOOST_TEST((here.table.add(another, start).error() == weir::refusal::too_many_in_flight));
    here.table.note_sent(of_hook);
    BOOST_TEST((here.take("reply", "2") == outcome::answered));
    BOOST_TEST(here.table.add(another, start).has_value());
    here.table.leave(another, start);
    BOOST_TEST(here.table.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
