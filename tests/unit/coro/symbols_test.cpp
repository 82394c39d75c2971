// SPDX-License-Identifier: Apache-2.0
// symbols: an address becomes a function's name, or itself.
#include "coro/symbols.hpp"

#include <weir/coro/task.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>

BOOST_AUTO_TEST_SUITE(symbols_test)

namespace symbols_here {

weir::task<> a_coroutine_with_a_name() { co_return; }

}  // namespace symbols_here

BOOST_AUTO_TEST_CASE(a_coroutine_frame_names_its_function) {
    auto task = symbols_here::a_coroutine_with_a_name();
    void* frame = task.promise().handle().address();
    const auto resume = *static_cast<const std::uintptr_t*>(frame);
    const std::string name = weir::detail::function_name_at(resume);
    BOOST_TEST(name.find("a_coroutine_with_a_name") != std::string::npos, name);
    BOOST_TEST(name.find(".resume") == std::string::npos, name);
}

BOOST_AUTO_TEST_CASE(an_unknown_address_is_printed_as_a_number) {
    BOOST_TEST(weir::detail::function_name_at(0x10) == "0x10");
}

BOOST_AUTO_TEST_SUITE_END()
