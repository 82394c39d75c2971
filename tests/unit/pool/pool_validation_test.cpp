// SPDX-License-Identifier: Apache-2.0
// A resource that may have died is asked before it is lent, but not each time.
#include "gadgets.hpp"

BOOST_AUTO_TEST_SUITE(pool_validation_test)

namespace {

using namespace std::chrono_literals;
using namespace weir::test;

/// Answers with a result, which pools take as well as a bool.
class result_factory : public plain_factory {
public:
    using plain_factory::plain_factory;
    [[nodiscard]] weir::task<weir::result<void>> validate(gadget& one) {
        ++at_->validated;
        if (at_->throws) throw std::logic_error("out of order");
        if (at_->broken.contains(one.number())) co_return weir::fail(std::errc::broken_pipe);
        co_return weir::result<void>();
    }
};

}  // namespace

CO_TEST(one_that_was_used_just_now_is_not_validated) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), room_for(1));
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(co_await use(gadgets, 100ms));
        static_cast<void>(co_await weir::sleep_for(900ms));
    }
    CO_CHECK_EQUAL(shop.validated, 0);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(one_that_has_rested_is_validated_before_it_is_lent) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), room_for(1));
    static_cast<void>(co_await use(gadgets, 0s));
    static_cast<void>(co_await weir::sleep_for(2s));
    CO_CHECK(!gadgets.try_acquire().has_value());
    const int number = co_await use(gadgets, 0s);
    CO_CHECK_EQUAL(number, 1);
    CO_CHECK_EQUAL(shop.validated, 1);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(a_broken_one_is_never_lent) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), room_for(3));
    static_cast<void>(co_await gadgets.warm_up(3));
    static_cast<void>(co_await weir::sleep_for(2s));
    shop.broken = {2, 3};
    const int number = co_await use(gadgets, 0s);
    CO_CHECK_EQUAL(number, 1);
    CO_CHECK_EQUAL(gadgets.statistics().invalid, 2U);
    shop.broken = {1};
    static_cast<void>(co_await weir::sleep_for(2s));
    const int replacement = co_await use(gadgets, 0s);
    CO_CHECK(is_disturbed() || replacement > 3);
    static_cast<void>(co_await gadgets.drain());
    CO_CHECK_EQUAL(shop.closed_in_order, shop.opened);
}

CO_TEST(an_idle_one_that_breaks_is_found_and_replaced_before_anybody_asks) {
    workshop shop;
    auto options = weir::pool_options(2, 5);
    options.validate_idle_every = 10s;
    gadget_pool gadgets(co_await weir::this_task(), careful_factory(shop), options);
    static_cast<void>(co_await gadgets.warm_up(2));
    shop.broken = {1};
    static_cast<void>(co_await weir::sleep_for(11s));
    CO_CHECK_EQUAL(shop.validated, 2);
    CO_CHECK_EQUAL(shop.opened, 3);
    CO_CHECK_EQUAL(gadgets.statistics().idle, 2U);
    static_cast<void>(co_await gadgets.drain());
}

CO_TEST(an_error_or_an_exception_of_the_validation_is_a_no) {
    workshop shop;
    gadget_pool gadgets(co_await weir::this_task(), result_factory(shop), room_for(1));
    static_cast<void>(co_await use(gadgets, 0s));
    shop.broken = {1};
    static_cast<void>(co_await weir::sleep_for(2s));
    const int second = co_await use(gadgets, 0s);
    CO_CHECK_EQUAL(second, 2);
    static_cast<void>(co_await weir::sleep_for(2s));
    shop.throws = true;
    const auto late = co_await refused_within(0s, gadgets);
    CO_CHECK(late == std::errc::timed_out);
    shop.throws = false;
    CO_CHECK_EQUAL(gadgets.statistics().invalid, 2U);
    bool caught = false;
    try {
        static_cast<void>(co_await gadgets.drain());
    } catch (const std::logic_error&) {
        caught = true;
    }
    CO_CHECK(caught);
}

BOOST_AUTO_TEST_SUITE_END()
