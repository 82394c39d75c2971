// SPDX-License-Identifier: Apache-2.0
#include "client_exchange.hpp"

#include <weir/http/client/client_error.hpp>
#include <weir/http/message/error.hpp>

#include "http/message/announced_body.hpp"

namespace weir::http {
namespace {

bool keeps_connection(const response& head) noexcept {
    if (head.headers().has_token("Connection", "close")) return false;
    return head.version() == version::http_1_1 ||
           head.headers().has_token("Connection", "keep-alive");
}

}  // namespace

void client_exchange::begin(bool is_head) {
    parser_.restart();
    reader_.expect(0);
    piece_ = bytes();
    length_.reset();
    error_ = {};
    interim_ = 0;
    step_ = step::head;
    is_head_ = is_head;
    is_until_close_ = false;
    keeps_alive_ = false;
    is_request_sent_ = false;
}

result<exchange_action> client_exchange::feed(bytes& data) {
    switch (step_) {
        case step::head:
            return feed_head(data);
        case step::body:
            return feed_body(data);
        case step::complete:
            return exchange_action::complete;
        case step::broken:
            return fail(error_);
    }
    return fail(error_);
}

result<exchange_action> client_exchange::feed_head(bytes& data) {
    for (;;) {
        // A parser may skip a blank line in front of a request; nothing belongs before a response.
        const bool is_blank = !data.empty() && data.front() == std::byte{'\r'};
        if (is_blank && !parser_.has_begun()) return broken_by(make_error_code(errc::malformed));
        const auto is_whole = parser_.feed(data, head_);
        if (!is_whole) return broken_by(is_whole.error());
        if (!*is_whole) return exchange_action::receive;
        if (head_.code() >= status::ok) return take_final();
        if (const auto fine = take_interim(); !fine) return broken_by(fine.error());
        if (head_.code() == status::continue_) return exchange_action::proceed;
    }
}

result<void> client_exchange::take_interim() {
    if (head_.code() == status::switching_protocols) {
        return fail(make_error_code(client_errc::unexpected_upgrade));
    }
    if (++interim_ > max_interim_) {
        return fail(make_error_code(client_errc::too_many_interim_responses));
    }
    // It has no body; whoever announces one means something that others would see elsewhere.
    const auto announced = announced_body::of(head_.headers(), head_.version());
    if (!announced) return fail(announced.error());
    if (announced->is_chunked || announced->length) {
        return fail(make_error_code(errc::ambiguous_length));
    }
    parser_.restart();
    return {};
}

result<exchange_action> client_exchange::take_final() {
    const auto announced = announced_body::of(head_.headers(), head_.version());
    if (!announced) return broken_by(announced.error());
    keeps_alive_ = keeps_connection(head_);
    step_ = step::body;
    if (is_head_ || has_no_body(head_.code())) {
        length_ = 0;
        step_ = step::complete;
    } else if (announced->is_chunked) {
        reader_.expect_chunks(limits_);
    } else if (announced->length) {
        length_ = announced->length;
        reader_.expect(*length_);
        if (reader_.is_complete()) step_ = step::complete;
    } else {
        is_until_close_ = true;
        keeps_alive_ = false;
    }
    return exchange_action::head;
}

result<exchange_action> client_exchange::feed_body(bytes& data) {
    if (is_until_close_) {
        piece_ = data;
        data = data.last(0);
        return piece_.empty() ? exchange_action::receive : exchange_action::body;
    }
    const auto run = reader_.next(data);
    if (!run) return broken_by(run.error());
    if (reader_.is_complete()) step_ = step::complete;
    piece_ = *run;
    if (!piece_.empty()) return exchange_action::body;
    return is_complete() ? exchange_action::complete : exchange_action::receive;
}

result<exchange_action> client_exchange::end_of_stream() {
    keeps_alive_ = false;
    if (step_ == step::broken) return fail(error_);
    if (step_ == step::complete) return exchange_action::complete;
    if (step_ == step::body && is_until_close_) {
        step_ = step::complete;
        return exchange_action::complete;
    }
    return broken_by(has_response() ? make_error_code(errc::ended_early)
                                    : std::make_error_code(std::errc::connection_aborted));
}

unexpected<std::error_code> client_exchange::broken_by(std::error_code why) noexcept {
    step_ = step::broken;
    error_ = why;
    return fail(why);
}

}  // namespace weir::http
