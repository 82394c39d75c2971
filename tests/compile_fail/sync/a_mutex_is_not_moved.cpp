// expect: deleted
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/mutex.hpp>

#include <utility>

weir::mutex take(weir::mutex&& mutex) { return weir::mutex(std::move(mutex)); }
