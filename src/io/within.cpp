// SPDX-License-Identifier: Apache-2.0
#include <weir/io/within.hpp>

#include <weir/coro/task_tree.hpp>

#include <fmt/format.h>

#include <set>
#include <utility>

namespace weir {

budget_error::budget_error(std::error_code code, std::chrono::nanoseconds spent, std::string phase,
                           std::string waited_for)
    : code_(code), spent_(spent), phase_(std::move(phase)), waited_for_(std::move(waited_for)) {}

std::string budget_error::message() const {
    const std::chrono::duration<double, std::milli> spent = spent_;
    std::string text = fmt::format("{} after {:.4g} ms", code_.message(), spent.count());
    if (!phase_.empty()) text += ", most of it in " + phase_;
    if (!waited_for_.empty()) text += "; it waited for " + waited_for_;
    return text;
}

std::string detail::waits_below(scope& root, scope::time_point now) {
    const task_tree tree = task_tree::capture(root, now);
    std::set<std::string> different;
    for (const task_entry& each : tree.entries()) {
        const bool is_leaf =
            each.status == task_entry::state::waiting && each.waits_for != "inner scope";
        if (is_leaf) different.insert(each.waits_for);
    }
    return fmt::format("{}", fmt::join(different, ", "));
}

}  // namespace weir
