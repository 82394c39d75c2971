// SPDX-License-Identifier: Apache-2.0
// CO_TEST: a Boost.Test case whose body is a coroutine, run on a reactor in virtual time.
//
//   CO_TEST(sleep_waits_as_long_as_it_was_told) {
//       CO_CHECK(co_await ...);        // no: hoist awaits out of the macros
//       auto slept = co_await weir::sleep_for(1h);
//       CO_CHECK(slept.has_value());
//   }
//
// A body that would wait for ever fails with the list of those who wait. A body that passed is run
// again and again: with a stop requested before its first, second, ... n-th step, and with its
// first, second, ... n-th request to the kernel failing. It must end each time, with no coroutine
// frame, no heap block, no descriptor and no receive buffer left. What it checks in those runs does
// not count; `is_disturbed()` tells it which kind of run it is in. See disturbance.hpp.
#pragma once

#include "complaints.hpp"
#include "disturbance.hpp"

#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>

namespace weir::test {

class virtual_loop;

/// The place under the running test, to let time pass.
[[nodiscard]] virtual_loop& current_place() noexcept;

/// Runs `body` undisturbed and then with a stop at each step, as above.
void run_co_test(task<> (*body)());

/// Counts a check, unless the run is disturbed. Returns `held`.
bool check(bool held, std::string_view text, const char* file, std::size_t line);

template <class A, class B>
bool check_equal(const A& a, const B& b, const char* text, const char* file, std::size_t line) {
    if (a == b) return check(true, text, file, line);
    std::ostringstream message;
    message << text << " [" << a << " != " << b << "]";
    return check(false, message.str(), file, line);
}

}  // namespace weir::test

#define CO_TEST(name)                                                      \
    static ::weir::task<> name##_body();                                   \
    BOOST_AUTO_TEST_CASE(name) { ::weir::test::run_co_test(name##_body); } \
    static ::weir::task<> name##_body()

#define CO_CHECK(condition) \
    static_cast<void>(      \
        ::weir::test::check(static_cast<bool>(condition), #condition, __FILE__, __LINE__))

#define CO_CHECK_EQUAL(a, b) \
    static_cast<void>(::weir::test::check_equal(a, b, #a " == " #b, __FILE__, __LINE__))

/// Leaves the body when the condition is false, in every kind of run.
#define CO_REQUIRE(condition)                                                               \
    if (!::weir::test::check(static_cast<bool>(condition), #condition, __FILE__, __LINE__)) \
    co_return
