// SPDX-License-Identifier: Apache-2.0
// overdue_lease: who keeps a lease for too long is named, keeps it, and gives back what is closed.
#include <weir/pool/overdue_lease.hpp>

#include "co_test.hpp"
#include "gadgets.hpp"
#include "is_about.hpp"

#include <weir/coro/when_all.hpp>

#include <chrono>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(overdue_lease_test)

namespace {

using namespace std::chrono_literals;
using weir::task;
using weir::test::gadget_pool;
using weir::test::plain_factory;
using weir::test::room_for;
using weir::test::workshop;

/// What was told, and when.
class told_leases {
public:
    [[nodiscard]] weir::pool_options limit(std::chrono::nanoseconds most) {
        auto options = room_for(2);
        options.max_lease = most;
        options.on_overdue = [this](const weir::overdue_lease& lease) {
            holders.push_back(lease.holder());
            held.push_back(lease.held());
        };
        return options;
    }
    std::vector<std::string> holders;
    std::vector<std::chrono::nanoseconds> held;
};

task<> forgetful_borrower(gadget_pool& from, std::chrono::nanoseconds time) {
    const auto lease = co_await from.acquire();
    static_cast<void>(co_await weir::sleep_for(time));
}
task<> patient_borrower(gadget_pool& from, std::chrono::nanoseconds time) {
    const auto lease = co_await weir::with_timeout(1s, from.acquire());
    static_cast<void>(co_await weir::sleep_for(time));
}

}  // namespace

CO_TEST(a_lease_that_is_out_for_too_long_is_told_with_its_holder) {
    workshop at;
    told_leases told;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(at), told.limit(30s));
    co_await forgetful_borrower(gadgets, 29s);
    CO_CHECK(told.holders.empty());
    co_await forgetful_borrower(gadgets, 31s);  // of an idle one
    static_cast<void>(co_await gadgets.drain());
    CO_REQUIRE(told.holders.size() == 1);
    CO_CHECK(told.holders[0].find("forgetful_borrower") != std::string::npos ||
             told.holders[0].starts_with("0x"));
    CO_CHECK(weir::test::is_about(told.held[0], 30s));
}

CO_TEST(a_holder_behind_a_timeout_is_named_itself) {
    workshop at;
    told_leases told;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(at), told.limit(30s));
    co_await patient_borrower(gadgets, 31s);
    static_cast<void>(co_await gadgets.drain());
    CO_REQUIRE(told.holders.size() == 1);
    CO_CHECK(told.holders[0].find("patient_borrower") != std::string::npos ||
             told.holders[0].starts_with("0x"));
}

CO_TEST(the_holder_keeps_it_and_what_comes_back_is_closed) {
    workshop at;
    told_leases told;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(at), told.limit(30s));
    auto lease = co_await gadgets.acquire();
    static_cast<void>(co_await weir::sleep_for(1h));
    if (lease) {
        CO_CHECK_EQUAL((*lease)->number(), 1);
        CO_CHECK_EQUAL(gadgets.statistics().overdue, 1U);
        CO_CHECK_EQUAL(at.alive, 1);
        lease->release();
    }
    CO_CHECK_EQUAL(gadgets.statistics().kept_too_long, 1U);
    CO_CHECK_EQUAL(at.alive, 0);
    const int number = co_await weir::test::use(gadgets, 1s);
    CO_CHECK_EQUAL(number, 2);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(each_of_several_is_told_in_its_time) {
    workshop at;
    told_leases told;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(at), told.limit(30s));
    const auto later = [&]() -> task<> {
        static_cast<void>(co_await weir::sleep_for(10s));
        co_await forgetful_borrower(gadgets, 1h);
    };
    static_cast<void>(co_await weir::when_all(forgetful_borrower(gadgets, 1h), later()));
    static_cast<void>(co_await gadgets.drain());
    CO_CHECK_EQUAL(told.holders.size(), 2U);
}

CO_TEST(one_that_was_handed_over_is_watched_from_then_on) {
    workshop at;
    told_leases told;
    auto options = told.limit(30s);
    options.max = 1;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(at), options);
    static_cast<void>(co_await weir::when_all(forgetful_borrower(gadgets, 20s),
                                              forgetful_borrower(gadgets, 31s)));
    static_cast<void>(co_await gadgets.drain());
    CO_REQUIRE(told.holders.size() == 1);
    CO_CHECK(weir::test::is_about(told.held[0], 30s));
    CO_CHECK_EQUAL(at.opened, 1);
}

CO_TEST(nobody_knows_who_tried) {
    workshop at;
    told_leases told;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(at), told.limit(30s));
    co_await forgetful_borrower(gadgets, 1s);
    auto lease = gadgets.try_acquire();
    static_cast<void>(co_await weir::sleep_for(31s));
    lease.reset();
    static_cast<void>(co_await gadgets.drain());
    CO_REQUIRE(told.holders.size() == 1);
    CO_CHECK(told.holders[0].empty());
}

BOOST_AUTO_TEST_SUITE_END()
