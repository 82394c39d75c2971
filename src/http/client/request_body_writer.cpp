// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/request_body_writer.hpp>

#include <weir/coro/this_task.hpp>
#include <weir/http/message/error.hpp>

#include <string>
#include <utility>

#include "client_connection.hpp"
#include "http/message/response_encoder.hpp"

namespace weir::http {
namespace {

/// Up to this size a chunk is copied between its ends, to be sent with them.
constexpr std::size_t max_joined_bytes = std::size_t{16} << 10U;

net::stream_socket::send_awaiter queue(net::tcp_socket& on, bytes data) {
    return on.send_copy(data);
}
net::stream_socket::send_awaiter queue(net::tcp_socket& on, buffer_lease& data) {
    return on.send(std::move(data));
}

}  // namespace

task<result<void>> request_body_writer::write(bytes data) {
    if (auto fine = count(data.size()); !fine) co_return fine;
    const bool is_joined = !length_ && !data.empty() && data.size() <= max_joined_bytes;
    if (!is_joined) co_return co_await send(data);
    std::string& text = to_.text;
    text.clear();
    append_chunk_size(text, data.size());
    text.append(as_text(data)).append("\r\n");
    const auto sent = co_await to_.socket->send_copy(as_bytes(text));
    co_return noted(sent);
}

task<result<void>> request_body_writer::write(buffer_lease data) {
    if (auto fine = count(data.size()); !fine) co_return fine;
    co_return co_await send(std::move(data));
}

template <class Data>
task<result<void>> request_body_writer::send(Data data) {
    if (data.empty()) co_return co_await check_stopped();
    net::tcp_socket& on = *to_.socket;
    result<void> sent;
    if (!length_) {
        to_.text.clear();
        append_chunk_size(to_.text, data.size());
        sent = co_await on.send_copy(as_bytes(to_.text));
    }
    if (sent) sent = co_await queue(on, data);
    if (sent && !length_) sent = co_await on.send_copy(as_bytes("\r\n"));
    co_return noted(sent);
}

task<result<void>> request_body_writer::finish() {
    if (error_) co_return fail(error_);
    if (length_ && body_bytes_ != *length_) co_return fail(make_error_code(errc::length_mismatch));
    if (length_) co_return result<void>();
    const auto sent = co_await to_.socket->send_copy(as_bytes("0\r\n\r\n"));
    co_return noted(sent);
}

/// Counts bytes of the body; an error if there are more than were told.
result<void> request_body_writer::count(std::size_t size) noexcept {
    if (error_) return fail(error_);
    body_bytes_ += size;
    if (length_ && body_bytes_ > *length_) return fail(make_error_code(errc::length_mismatch));
    return {};
}

result<void> request_body_writer::noted(result<void> outcome) noexcept {
    if (!outcome) error_ = outcome.error();
    return outcome;
}

}  // namespace weir::http
