// SPDX-License-Identifier: Apache-2.0
// stream_runs: sends and receives long runs of bytes in which each byte depends on its place.
#pragma once

#include "allocation_count.hpp"
#include "pattern.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/buffer_ring.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <vector>

namespace weir::test {

/// How a run of reading ended.
class arrival {
public:
    explicit arrival(std::uint64_t bytes_read, bool all_right, std::error_code ended_by) noexcept
        : count(bytes_read), is_intact(all_right), error(ended_by) {}
    std::uint64_t count;
    bool is_intact;         ///< every byte was the one that belongs there
    std::error_code error;  ///< none = the stream ended
};

/// Sanitized builds are some ten times slower: they run the same test with fewer rounds.
[[nodiscard]] inline std::size_t rounds(std::size_t full) {
    return allocations_are_counted() ? full : full / 10;
}

/// Sends `total` bytes of the run `seed` in pieces of up to `piece` bytes, then ends the direction.
template <class Stream>
task<result<void>> send_run(Stream& to, std::size_t total, std::size_t piece,
                            std::uint64_t seed = 0) {
    pattern run(seed);
    std::vector<std::byte> bytes(piece);
    while (total > 0) {
        const mutable_bytes next(bytes.data(), std::min(piece, total));
        run.fill(next);
        co_await ok(to.send_copy(next));
        total -= next.size();
    }
    co_return co_await to.shutdown_send();
}

/// Receives to the end of the stream and compares with the run `seed`.
template <class Stream>
task<arrival> receive_run(Stream& from, std::uint64_t seed = 0) {
    pattern run(seed);
    bool same = true;
    for (;;) {
        result<buffer_lease> piece = co_await from.receive();
        if (!piece) co_return arrival(run.position(), same, piece.error());
        if (piece->empty()) co_return arrival(run.position(), same, {});
        same = run.matches(piece->data()) && same;
    }
}

}  // namespace weir::test
