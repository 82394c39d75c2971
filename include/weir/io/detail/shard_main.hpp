// SPDX-License-Identifier: Apache-2.0
// shard_main: what an application runs on each of its shards, in the one form that runtimes call.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>

#include <functional>
#include <type_traits>

namespace weir {

class shard;

namespace detail {

using shard_main = std::function<task<result<void>>(shard&)>;

/// Calls `main`, which gives a `task<>` or a `task<result<void>>`, as a shard_main.
template <class Main>
task<result<void>> call_shard_main(Main& main, shard& here) {
    if constexpr (std::is_same_v<std::invoke_result_t<Main&, shard&>, task<void>>) {
        co_await main(here);
        co_return result<void>();
    } else {
        co_return co_await main(here);
    }
}

}  // namespace detail

}  // namespace weir
