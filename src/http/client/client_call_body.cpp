// SPDX-License-Identifier: Apache-2.0
// The second half of a call: the body of its response.
#include <weir/base/error.hpp>
#include <weir/coro/ok.hpp>
#include <weir/http/content/content_coding.hpp>
#include <weir/http/message/error.hpp>
#include <weir/io/timeout.hpp>

#include <utility>

#include "client_call.hpp"

namespace weir::http::detail {
namespace {

/// What is unpacked at a time.
constexpr std::size_t unpacked_bytes = std::size_t{16} << 10U;

}  // namespace

result<void> client_call::begin_body() {
    client_exchange& heard = connection().exchange;
    core_.statistics.count_response(heard.head().code());
    enter(client_phase::body);
    is_over_ = heard.is_complete();
    if (!asks_for_coding_ || is_over_) return {};
    headers& fields = heard.head().headers();
    const auto coding = coding_of(fields);
    if (!coding) return fail(coding.error());
    if (*coding == content_coding::identity) return {};
    decoder_.emplace(*coding, core_.options.decoding);
    fields.remove("Content-Encoding");
    fields.remove("Content-Length");
    return {};
}

void client_call::note_failure(std::error_code why) noexcept {
    if (is_stopped(why) || std::exchange(has_failed_, true)) return;
    core_.statistics.count_error(why, client_phase::body);
}

task<result<buffer_lease>> client_call::read() {
    if (error_) co_return fail(error_);
    auto reading = decoder_ ? read_decoded() : read_sent();
    auto piece = co_await std::move(reading);
    if (!piece && !is_stopped(piece.error())) error_ = piece.error();
    co_return piece;
}

task<result<buffer_lease>> client_call::read_sent() {
    while (!is_over_) {
        auto waiting = connection().next();
        const auto action = co_await with_timeout(core_.options.max_silence, std::move(waiting));
        if (!action) co_return fail(action.error());
        if (*action == exchange_action::body) co_return connection().take_piece();
        is_over_ = *action == exchange_action::complete;
    }
    co_return buffer_lease();
}

task<result<buffer_lease>> client_call::read_decoded() {
    buffer_lease room = buffer_lease::with_room(unpacked_bytes);
    for (;;) {
        bytes rest = packed_.data();
        const auto size = decoder_->read_some(rest, room.data());
        if (!size) co_return fail(size.error());
        packed_.narrow(packed_.data().last(rest.size()));
        if (*size > 0) {
            room.narrow(room.data().first(*size));
            co_return room;
        }
        packed_.reset();
        packed_ = co_await ok(read_sent());
        if (packed_.empty()) break;
        has_packed_ = true;
    }
    // Nothing at all is what some servers make of nothing.
    if (has_packed_ && !decoder_->is_complete()) co_return fail(make_error_code(errc::bad_coding));
    co_return buffer_lease();
}

task<result<std::string>> client_call::collect(std::size_t max_bytes) {
    const auto over = make_error_code(errc::body_over_limit);
    const auto length = connection().exchange.body_length();
    if (!decoder_ && length && *length > max_bytes) co_return fail(over);
    std::string all;
    for (;;) {
        const buffer_lease piece = co_await ok(read());
        if (piece.empty()) co_return all;
        if (piece.size() > max_bytes - all.size()) co_return fail(over);
        all.append(as_text(piece.data()));
    }
}

task<result<void>> client_call::fill_body() {
    if (times_.current() != client_phase::body) {
        if (auto begun = begin_body(); !begun) co_return begun;
    }
    std::string all = co_await ok(collect(core_.options.max_body_bytes));
    connection().exchange.head().body() = std::move(all);
    has_body_ = true;
    co_return result<void>();
}

}  // namespace weir::http::detail
