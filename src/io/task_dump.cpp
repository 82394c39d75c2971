// SPDX-License-Identifier: Apache-2.0
#include <weir/io/task_dump.hpp>

#include "task_listing.hpp"

#include <weir/coro/task_tree.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/signal.hpp>
#include <weir/sync/event.hpp>

#include <signal.h>
#include <unistd.h>

namespace weir {
namespace {

std::string list_tasks(unsigned index, unsigned count, reactor& loop, dump_format format) {
    const task_tree tree = task_tree::capture(loop.root(), loop.now());
    if (format == dump_format::json) {
        return "{\"shard\":" + std::to_string(index) + ",\"tasks\":" + tree.to_json() + "}";
    }
    return "shard " + std::to_string(index) + " of " + std::to_string(count) + ": " +
           std::to_string(tree.entries().size()) + " tasks, " +
           std::to_string(tree.waiting_count()) + " waiting\n" + tree.to_text();
}

std::string list_this_loop(dump_format format) {
    const shard* here = shard::current_or_null();
    return list_tasks(here == nullptr ? 0 : here->index(), here == nullptr ? 1 : here->count(),
                      reactor::current(), format);
}

}  // namespace

void detail::write_dump(unsigned index, unsigned count, reactor& loop) {
    const std::string text = "weir: " + list_tasks(index, count, loop, dump_format::text);
    // One call, so that the listings of several shards do not mix. If stderr is gone, so is it.
    static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

task<std::string> dump_tasks(dump_format format) {
    std::string out;
    const shard* here = shard::current_or_null();
    const unsigned count = here == nullptr ? 1 : here->count();
    for (unsigned i = 0; i < count; ++i) {
        std::string listing;
        if (here == nullptr || i == here->index()) {
            listing = list_this_loop(format);
        } else {
            auto asked = here->sibling(i).run(&list_this_loop, format);
            result<std::string> answer = co_await asked;
            if (!answer) continue;
            listing = std::move(*answer);
        }
        if (format == dump_format::json && !out.empty()) out += ',';
        out += listing;
    }
    if (format == dump_format::json) out = "[" + out + "]";
    co_return out;
}

task<void> detail::dump_on_signal() {
    signal_set signals(SIGUSR2);
    while (const result<int> signal = co_await signals.next()) {
        write_dump(0, 1, reactor::current());
    }
    // Without a descriptor there are no dumps; that must not end the work beside this.
    event never;
    static_cast<void>(co_await never.wait());
}

}  // namespace weir
