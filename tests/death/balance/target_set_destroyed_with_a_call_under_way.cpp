// expect: a set of targets was destroyed while calls are under way
// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/target_set.hpp>

#include <optional>

int main() {
    std::optional<weir::balance::target_set> set;
    set.emplace(std::vector{weir::balance::target_options("a")});
    const auto call = set->begin(0, {});
    set.reset();
}
