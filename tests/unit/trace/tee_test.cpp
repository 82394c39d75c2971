// SPDX-License-Identifier: Apache-2.0
// tee: everybody hears the same.
#include <weir/trace/tee.hpp>

#include "co_test.hpp"
#include "notebook.hpp"

#include <weir/trace/recording.hpp>
#include <weir/trace/span.hpp>

BOOST_AUTO_TEST_SUITE(tee_test)

namespace {

using namespace weir::trace;

weir::task<> say_all() {
    co_await record_event("event");
    co_await record_attributes(attribute("rows", 3));
    co_await record_metric(metric::counter("rows"));
    co_await record_log(log_level::info, "log");
}

}  // namespace

CO_TEST(all_are_told_the_same_in_the_same_order) {
    weir::test::notebook first;
    weir::test::notebook second;
    tee both({first, second});
    co_await observe(both, span("app", say_all()));
    CO_CHECK_EQUAL(first.lines.size(), 6U);
    CO_CHECK(first.lines == second.lines);
}

BOOST_AUTO_TEST_SUITE_END()
