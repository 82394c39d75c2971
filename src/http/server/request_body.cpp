// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/request_body.hpp>

#include <weir/coro/ok.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timeout.hpp>

#include <utility>

#include "server_core.hpp"
#include "server_stream.hpp"

namespace weir::http {
namespace {

detail::transfer_pace pace_of(const server_options& options) noexcept {
    return detail::transfer_pace(options.min_body_bytes_per_second, options.body_grace,
                                 options.max_body_pause);
}

}  // namespace

request_body::request_body(detail::server_stream& from) noexcept
    : stream_(from), pace_(pace_of(from.core.options)) {}

void request_body::expect(std::optional<std::uint64_t> length, bool says_continue) {
    const server_options& options = stream_.core.options;
    length ? reader_.expect(*length) : reader_.expect_chunks(options.request);
    if (!is_complete()) pace_ = pace_of(options);
    length_ = length;
    error_ = {};
    awaits_continue_ = says_continue && !is_complete();
}

task<result<buffer_lease>> request_body::read() {
    while (!is_complete()) {
        if (error_) co_return fail(error_);
        if (stream_.received.empty()) {
            co_await ok(receive());
            continue;
        }
        auto piece = take_received();
        if (!piece || !piece->empty()) co_return piece;
    }
    co_return buffer_lease();
}

result<buffer_lease> request_body::take_received() {
    awaits_continue_ = false;  // it has not waited for us
    buffer_lease& received = stream_.received;
    const mutable_bytes all = received.data();
    bytes rest = all;
    const auto run = reader_.next(rest);
    if (!run) return fail(broken_by(run.error()));
    const auto begin = static_cast<std::size_t>(run->data() - all.data());
    buffer_lease piece =
        run->empty() ? buffer_lease() : received.share(all.subspan(begin, run->size()));
    if (rest.empty()) {
        received.reset();
    } else {
        received.narrow(all.last(rest.size()));
    }
    return piece;
}

task<result<void>> request_body::receive() {
    if (std::exchange(awaits_continue_, false)) {
        co_await ok(stream_.send(as_bytes("HTTP/1.1 100 Continue\r\n\r\n")));
    }
    reactor& loop = reactor::current();
    const auto begun = loop.now();
    auto arrived = co_await with_timeout(pace_.allowance(), stream_.socket.receive());
    pace_.waited(loop.now() - begun);
    if (!arrived) {
        if (arrived.error() != std::errc::timed_out) co_return fail(arrived.error());
        co_return fail(broken_by(make_error_code(errc::body_too_slow)));
    }
    if (arrived->empty()) co_return fail(broken_by(make_error_code(errc::ended_early)));
    pace_.received(arrived->size());
    stream_.received = std::move(*arrived);
    stream_.keep_received();
    co_return result<void>();
}

task<result<std::string>> request_body::collect(std::size_t max_bytes) {
    std::string all;
    const auto over = make_error_code(errc::body_over_limit);
    if (reader_.bytes_left() > max_bytes) co_return fail(broken_by(over));
    for (;;) {
        const buffer_lease piece = co_await ok(read());
        if (piece.empty()) co_return all;
        if (piece.size() > max_bytes - all.size()) co_return fail(broken_by(over));
        all.append(as_text(piece.data()));
    }
}

task<bool> request_body::discard(std::size_t max_bytes) {
    for (;;) {
        const auto piece = co_await read();
        if (!piece || piece->size() > max_bytes) co_return false;
        if (piece->empty()) co_return true;
        max_bytes -= piece->size();
    }
}

bool request_body::can_be_passed() const noexcept {
    return reader_.bytes_left() <= stream_.core.options.max_discarded_bytes;
}

std::error_code request_body::broken_by(std::error_code reason) noexcept {
    error_ = reason;
    stream_.core.statistics.count_refusal(static_cast<errc>(reason.value()));
    return reason;
}

}  // namespace weir::http
