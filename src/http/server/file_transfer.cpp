// SPDX-License-Identifier: Apache-2.0
#include "file_transfer.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/message/error.hpp>
#include <weir/io/op/poll.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timeout.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "file_buffers.hpp"
#include "io/kernel.hpp"
#include "server_core.hpp"

namespace weir::http::detail {
namespace {

/// One call takes no longer than the other sockets can wait.
constexpr std::size_t max_direct_bytes = std::size_t{256} << 10U;

task<result<void>> writable(int fd) {
    op::poll room(fd, POLLOUT);
    const auto events = co_await room;
    if (!events) co_return fail(events.error());
    co_return result<void>();
}

int send_now(int fd, bytes data) noexcept {
    iovec piece{const_cast<std::byte*>(data.data()), data.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    reactor& loop = reactor::current();
    ++loop.stats().direct_calls;
    return loop.system().send_now(fd, message);
}

}  // namespace

task<result<void>> file_transfer::run() {
    while (left_ > 0) {
        co_await ok(wait_for_room());
        const std::size_t sent = co_await ok(send_some());
        offset_ += sent;
        left_ -= sent;
        sent_ += sent;
    }
    co_return result<void>();
}

/// Until all that was queued has left, and, from the second piece on, the socket has room.
task<result<void>> file_transfer::wait_for_room() {
    co_await ok(stream_.all_sent());
    net::detail::sender& sender = stream_.socket.core().sender();
    if (left_ >= direct_bytes) static_cast<void>(sender.hand_to_kernel(left_));
    if (!std::exchange(has_begun_, true) || sender.seals()) co_return result<void>();
    auto waiting = writable(stream_.socket.native_handle());
    const auto ready = co_await with_timeout(stream_.core.options.send_timeout, std::move(waiting));
    if (!ready && ready.error() == std::errc::timed_out) {
        co_return fail(make_error_code(errc::peer_not_reading));
    }
    co_return ready;
}

task<result<std::size_t>> file_transfer::send_some() {
    net::detail::sender& sender = stream_.socket.core().sender();
    if (sender.error()) co_return fail(sender.error());  // it may have failed while this waited
    if (sender.seals() || left_ < direct_bytes) co_return co_await read_and_send();
    const int sent = send_directly();
    if (sent == -EOPNOTSUPP) co_return co_await read_and_send();
    if (sent == 0) co_return fail(make_error_code(errc::length_mismatch));
    co_return note_sent(sent);
}

int file_transfer::send_directly() const noexcept {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, max_direct_bytes));
    reactor& loop = reactor::current();
    ++loop.stats().direct_calls;
    const int sent = loop.system().send_file_now(stream_.socket.native_handle(), file_.descriptor(),
                                                 offset_, size);
    if (sent > 0) ++loop.stats().file_sends;
    return sent;
}

result<std::size_t> file_transfer::note_sent(int sent) noexcept {
    if (sent == -EAGAIN || sent == -EINTR) return std::size_t{0};
    if (sent < 0) return fail(error_from_errno(-sent));
    const auto size = static_cast<std::size_t>(sent);
    stream_.socket.core().sender().note_sent(size);
    return size;
}

task<result<std::size_t>> file_transfer::read_and_send() {
    file_buffers& buffers = stream_.core.file_pieces;
    auto permit = co_await ok(buffers.permits().acquire());
    const file_buffers::piece piece(buffers, std::move(permit));
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(left_, file_buffers::piece_bytes));
    const std::size_t got = co_await ok(file_.read_some_at(offset_, piece.memory().first(wanted)));
    if (got == 0) co_return fail(make_error_code(errc::length_mismatch));
    const bytes data = piece.memory().first(got);
    net::detail::sender& sender = stream_.socket.core().sender();
    if (sender.error()) co_return fail(sender.error());
    if (!sender.seals()) {
        co_return note_sent(send_now(stream_.socket.native_handle(), data));
    }
    co_await ok(stream_.socket.send_copy(data));  // at once: nothing else is queued
    co_return got;
}

}  // namespace weir::http::detail
