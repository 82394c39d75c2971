// expect: constraints? not satisfied|no matching function
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/context_view.hpp>

#include <vector>

weir::task<> caller() {
    const auto view = co_await weir::this_context<std::vector<int>>();
    static_cast<void>(view);
}
