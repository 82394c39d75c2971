// expect: a data_loader was destroyed while somebody waits
// SPDX-License-Identifier: Apache-2.0
#include <weir/flow/data_loader.hpp>
#include <weir/io/run.hpp>
#include <weir/sync/task_group.hpp>

#include <optional>

using loader = weir::flow::data_loader<int, int>;

weir::task<weir::result<loader::answer>> load(std::span<const int> keys) {
    co_return loader::answer(keys.size(), weir::result<int>(1));
}
weir::task<> ask(loader& from) { static_cast<void>(co_await from.load(1)); }

weir::task<> leave_early() {
    std::optional<loader> numbers(std::in_place, co_await weir::this_task(), &load);
    weir::task_group group(co_await weir::this_task(), 1);
    static_cast<void>(group.try_spawn(ask, std::ref(*numbers)));
    numbers.reset();
    static_cast<void>(co_await group.join());
}

int main() { weir::run(leave_early()); }
