// SPDX-License-Identifier: Apache-2.0
#include "server_stream.hpp"

#include <weir/http/error.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/detail/sender.hpp>

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

template <class Queue>
task<result<void>> server_stream::send_slowly(std::size_t size, Queue queue) {
    const auto limit = core.options.send_timeout;
    std::size_t before = socket.queued_bytes() + size;
    // A send that was stopped in its wait has queued its bytes, and so is a success.
    auto outcome = co_await with_timeout(limit, queue());
    while (outcome && !has_room(0)) {
        if (socket.queued_bytes() >= before)
            co_return fail(make_error_code(errc::peer_not_reading));
        before = socket.queued_bytes();
        outcome = co_await with_timeout(limit, socket.send_copy(bytes()));
    }
    co_return outcome;
}

task<result<void>> server_stream::end_sending() {
    for (;;) {
        const std::size_t before = socket.queued_bytes();
        const auto ended = co_await with_timeout(core.options.send_timeout, socket.shutdown_send());
        if (ended || ended.error() != std::errc::timed_out) co_return ended;
        if (socket.queued_bytes() >= before)
            co_return fail(make_error_code(errc::peer_not_reading));
    }
}

}  // namespace weir::http::detail
