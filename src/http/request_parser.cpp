// SPDX-License-Identifier: Apache-2.0
//   head --blank line--> body --last byte--> ready --take()--> head
//    |                    |                               `--> ended (the connection is not kept)
//    `--any error---------+--> broken
#include <weir/http/request_parser.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

#include "body_reader.hpp"
#include "head_grammar.hpp"
#include "head_scanner.hpp"

namespace weir::http {

struct request_parser::state {
    enum class step : std::uint8_t { head, body, ready, ended, broken };

    explicit state(const request_limits& given) : limits(given) {}

    result<void> feed_head(bytes& data);
    result<void> finish_head();
    result<void> choose_body();
    result<parse_action> broken_by(std::error_code reason) {
        step_ = step::broken;
        error = reason;
        return fail(reason);
    }

    request_limits limits;
    head_scanner scanner;
    head_grammar grammar{HTTP_REQUEST};
    body_reader body;
    request message;
    std::error_code error;
    step step_ = step::head;
};

request_parser::request_parser(const request_limits& limits)
    : state_(std::make_unique<state>(limits)) {}
request_parser::request_parser(request_parser&&) noexcept = default;
request_parser& request_parser::operator=(request_parser&&) noexcept = default;
request_parser::~request_parser() = default;

result<parse_action> request_parser::feed(bytes& data) {
    using step = state::step;
    WEIR_ASSERT(state_->step_ != step::ready, "take() the request before more is fed");
    if (state_->step_ == step::broken) return fail(state_->error);
    if (state_->step_ == step::ended) data = {};
    if (state_->step_ == step::head) {
        if (auto fine = state_->feed_head(data); !fine) return state_->broken_by(fine.error());
    }
    if (state_->step_ == step::body) {
        if (auto fine = state_->body.feed(data, state_->message.body()); !fine) {
            return state_->broken_by(fine.error());
        }
        if (state_->body.is_complete()) state_->step_ = step::ready;
    }
    if (state_->step_ != step::ready) return parse_action::need_data;
    return state_->message.wants_upgrade() ? parse_action::upgrade : parse_action::complete;
}

request request_parser::take() {
    using step = state::step;
    WEIR_ASSERT(state_->step_ == step::ready, "take() needs a complete request");
    request taken = std::exchange(state_->message, request());
    state_->step_ = taken.keeps_alive() ? step::head : step::ended;
    state_->scanner = head_scanner();
    state_->grammar.restart();
    return taken;
}

bool request_parser::is_mid_request() const noexcept {
    using step = state::step;
    return state_->step_ == step::body ||
           (state_->step_ == step::head && state_->scanner.has_begun());
}

result<void> request_parser::state::feed_head(bytes& data) {
    const std::size_t taken = scanner.scan(data, limits);
    // Whoever refuses the earlier byte is right, so that the error is the same in every split.
    if (auto fine = grammar.feed(data.first(taken)); !fine) return fine;
    if (scanner.error()) return fail(scanner.error());
    data = data.subspan(taken);
    if (grammar.is_complete() != scanner.is_complete()) {
        return fail(make_error_code(errc::malformed));
    }
    return scanner.is_complete() ? finish_head() : result<void>();
}

result<void> request_parser::state::finish_head() {
    const auto version = grammar.version();
    if (!version) return fail(version.error());
    const auto is_visible = [](char c) { return c > 0x20 && c < 0x7F; };
    if (!std::all_of(grammar.target().begin(), grammar.target().end(), is_visible)) {
        return fail(make_error_code(errc::bad_target));
    }
    // llhttp also speaks RTSP and ICE and skips blanks; only the canonical line is HTTP here.
    std::string line = std::string(grammar.method()) + " " + grammar.target();
    line += *version == version::http_1_1 ? " HTTP/1.1" : " HTTP/1.0";
    if (line != scanner.first_line()) return fail(make_error_code(errc::malformed));

    message = request(grammar.method(), std::move(grammar.target()), *version);
    message.headers() = std::move(grammar.headers());
    const std::size_t hosts = message.headers().count("Host");
    if (hosts > 1 || (hosts == 0 && *version == version::http_1_1)) {
        return fail(make_error_code(errc::host_missing_or_repeated));
    }
    if (auto fine = choose_body(); !fine) return fine;
    step_ = body.is_complete() ? step::ready : step::body;
    return {};
}

/// Decides how the body is counted; whatever two parsers could count differently is refused.
result<void> request_parser::state::choose_body() {
    const headers& fields = message.headers();
    const std::size_t lengths = fields.count("Content-Length");
    const std::size_t encodings = fields.count("Transfer-Encoding");
    if (lengths > 1 || (lengths != 0 && encodings != 0)) {
        return fail(make_error_code(errc::ambiguous_length));
    }
    if (encodings != 0) {
        if (encodings > 1 || message.version() == version::http_1_0 ||
            !equal_ignoring_case(*fields.find("Transfer-Encoding"), "chunked")) {
            return fail(make_error_code(errc::bad_transfer_encoding));
        }
        if (limits.max_body_bytes() == 0) return fail(make_error_code(errc::body_over_limit));
        body = body_reader::chunked(limits.max_body_bytes());
        return {};
    }
    std::int64_t length = 0;
    if (lengths != 0) {
        const std::string_view text = *fields.find("Content-Length");
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
        const bool is_digits =
            std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (text.empty() || !is_digits || parsed.ec != std::errc()) {
            return fail(make_error_code(errc::ambiguous_length));
        }
    }
    if (std::cmp_greater(length, limits.max_body_bytes())) {
        return fail(make_error_code(errc::body_over_limit));
    }
    body = body_reader::of_length(static_cast<std::uint64_t>(length));
    return {};
}

}  // namespace weir::http
