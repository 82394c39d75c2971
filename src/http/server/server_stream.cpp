// SPDX-License-Identifier: Apache-2.0
#include "server_stream.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/http/message/error.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/detail/progress_awaiter.hpp>
#include <weir/net/detail/sender.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <new>

#include "server_core.hpp"

namespace weir::http::detail {

using net::detail::sender;

bool server_stream::has_room(std::size_t size) const noexcept {
    return socket.queued_bytes() + size <= sender::high_water_bytes;
}

task<result<void>> server_stream::send(bytes data) {
    if (has_room(data.size())) co_return co_await socket.send_copy(data);
    auto queue = [this, data] { return socket.send_copy(data); };
    co_return co_await send_slowly(data.size(), std::move(queue));
}

task<result<void>> server_stream::send(buffer_lease data) {
    const std::size_t size = data.size();
    if (has_room(size)) co_return co_await socket.send(std::move(data));
    auto queue = [this, &data] { return socket.send(std::move(data)); };
    co_return co_await send_slowly(size, std::move(queue));
}

task<result<void>> server_stream::send(send_buffer data) {
    if (has_room(data.size())) co_return co_await socket.send(data);
    auto queue = [this, &data] { return socket.send(data); };
    co_return co_await send_slowly(data.size(), std::move(queue));
}

void server_stream::received_keeper::turn_ends() noexcept {
    if (!of_.is_shared_memory()) return;
    try {
        of_ = buffer_lease::copy_of(of_.data());
    } catch (const std::bad_alloc&) {
        return;  // then it stays where it is
    }
}

std::size_t server_stream::least_progress() const noexcept {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(core.options.send_timeout).count();
    const auto bytes = static_cast<std::uint64_t>(std::clamp<std::int64_t>(seconds, 0, 3600)) *
                       core.options.min_answer_bytes_per_second;
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(bytes, 1, sender::low_water_bytes));
}

template <class Queue>
task<result<void>> server_stream::send_slowly(std::size_t size, Queue queue) {
    const auto limit = core.options.send_timeout;
    std::size_t before = socket.queued_bytes() + size;
    // A send that was stopped in its wait has queued its bytes, and so is a success.
    auto outcome = co_await with_timeout(limit, queue());
    while (outcome && !has_room(0)) {
        const auto running = co_await check_stopped();  // not our time is up, but the caller's
        if (!running) co_return running;
        if (socket.queued_bytes() + least_progress() > before)
            co_return fail(make_error_code(errc::peer_not_reading));
        before = socket.queued_bytes();
        outcome = co_await with_timeout(limit, socket.send_copy(bytes()));
    }
    co_return outcome;
}

task<result<void>> server_stream::all_sent() {
    sender& to = socket.core().sender();
    while (!to.has_sent_all()) {
        const std::size_t before = socket.queued_bytes();
        const auto left =
            co_await with_timeout(core.options.send_timeout, net::detail::progress_awaiter(to));
        if (left) continue;
        if (left.error() != std::errc::timed_out) co_return left;
        if (socket.queued_bytes() + least_progress() > before)
            co_return fail(make_error_code(errc::peer_not_reading));
    }
    if (to.error()) co_return fail(to.error());
    co_return co_await check_stopped();
}

task<result<void>> server_stream::end_sending() {
    for (;;) {
        const std::size_t before = socket.queued_bytes();
        const auto ended = co_await with_timeout(core.options.send_timeout, socket.shutdown_send());
        if (ended || ended.error() != std::errc::timed_out) co_return ended;
        if (socket.queued_bytes() + least_progress() > before)
            co_return fail(make_error_code(errc::peer_not_reading));
    }
}

}  // namespace weir::http::detail
