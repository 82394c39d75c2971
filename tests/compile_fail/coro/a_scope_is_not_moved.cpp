// expect: no matching conversion|cannot bind
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/scope.hpp>

#include <utility>

weir::scope take(weir::scope&& scope) { return weir::scope(std::move(scope)); }
