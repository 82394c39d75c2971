// SPDX-License-Identifier: Apache-2.0
// lookup_pool: a few threads for lookups that block and cannot be interrupted.
//
// Unlike the work of `offload`, a lookup may be abandoned: it can take half a minute, and a stopped
// caller does not wait for it. So it lies in memory of its own, shared by caller and thread, and
// the thread reports only if the caller still waits.
//
//   queued --a thread is free--> running --still wanted--> reported (a message to the shard)
//     | stop: withdrawn             | stop: abandoned; the thread drops the outcome
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/net/endpoint.hpp>

#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace weir::net {

/// What blocks: getaddrinfo(3), or a test's stand-in for it.
using lookup_function = result<std::vector<endpoint>> (*)(const std::string& host,
                                                          std::uint16_t port);

class lookup;

/// Threads are made when needed and live as long as the process: ending them would mean to wait for
/// name servers that do not answer.
class lookup_pool {
public:
    static constexpr unsigned max_threads = 4;

    [[nodiscard]] static lookup_pool& process();

    /// Returns whether there is a thread to do it.
    [[nodiscard]] bool enqueue(std::shared_ptr<lookup> work);
    /// Takes it out of the queue, if no thread has begun it.
    void withdraw(const std::shared_ptr<lookup>& work);

private:
    lookup_pool() = default;

    [[nodiscard]] bool start_thread();
    void work();

    std::mutex mutex_;
    std::condition_variable added_;
    std::list<std::shared_ptr<lookup>> queue_;
    unsigned threads_ = 0;
    unsigned idle_ = 0;
};

/// Runs `function(host, port)` on a thread of the pool.
///
/// Errors:        those of `function`; operation_canceled; resource_unavailable_try_again when no
///                thread can be made.
/// Cancellation:  returns at once.
[[nodiscard]] task<result<std::vector<endpoint>>> look_up(lookup_function function,
                                                          std::string host, std::uint16_t port);

}  // namespace weir::net
