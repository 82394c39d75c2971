// SPDX-License-Identifier: Apache-2.0
#include "origin_table.hpp"

#include <weir/base/refusal.hpp>

#include <algorithm>

namespace weir::http::detail {
namespace {

pool_options pooling(const client_options& options) {
    // Who waits where all are to one origin waits for one of them, not for leave to open another.
    pool_options made(0, std::min(options.max_connections_per_origin, options.max_connections));
    made.max_waiting = options.max_waiting;
    made.idle_timeout = options.idle_timeout;
    made.max_lifetime = options.max_lifetime;
    return made;
}

/// Gives a place for a connection; whoever borrows it connects it.
task<result<std::unique_ptr<client_connection>>> make_place(const client_options& options) {
    co_return std::make_unique<client_connection>(options);
}

}  // namespace

origin::origin(task_view owner, const client_options& options)
    : connections(owner, [&options] { return make_place(options); }, pooling(options)) {}

result<origin*> origin_table::find(const url& where) {
    auto known = origins_.find(key_view(where.host(), where.port(), where.is_secure()));
    if (known == origins_.end()) {
        if (origins_.size() == options_.max_origins && !forget_one()) {
            return fail(refusal::exhausted);
        }
        const key name(where.host(), where.port(), where.is_secure());
        known = origins_.try_emplace(name, owner_, options_).first;
    } else {
        known->second.unlink();
    }
    by_use_.push_back(known->second);
    return &known->second;
}

/// Forgets the one that was asked longest ago of those that nobody uses.
bool origin_table::forget_one() {
    origin* unused = nullptr;
    by_use_.for_each([&unused](origin& each) {
        if (unused == nullptr && each.users == 0) unused = &each;
    });
    if (unused == nullptr) return false;
    std::erase_if(origins_, [unused](const auto& each) { return &each.second == unused; });
    return true;
}

task<result<void>> origin_table::make_room_for(client_connection& to) {
    if (to.permit) co_return co_await check_stopped();
    if (room_.available() == 0) close_one_idle();
    auto leave = co_await room_.acquire();
    if (!leave) co_return fail(leave.error());
    to.permit.emplace(std::move(*leave));
    co_return result<void>();
}

void origin_table::close_one_idle() noexcept {
    bool is_done = false;
    by_use_.for_each([&is_done](origin& each) {
        if (is_done) return;
        auto idle = each.connections.try_acquire();
        if (!idle) return;
        idle->poison();
        is_done = true;
    });
}

}  // namespace weir::http::detail
