// SPDX-License-Identifier: Apache-2.0
//   head --blank line--> ready --take()--> ended
//     `--any error--> broken
#include <weir/http/message/response_parser.hpp>

#include <weir/base/assert.hpp>

#include <utility>

#include "head_grammar.hpp"
#include "head_scanner.hpp"

namespace weir::http {

struct response_parser::state {
    enum class step : std::uint8_t { head, ready, ended, broken };

    explicit state(const request_limits& given) : limits(given) {}

    result<void> feed_head(bytes& data);

    request_limits limits;
    head_scanner scanner;
    head_grammar grammar{HTTP_RESPONSE};
    response message;
    std::error_code error;
    step step_ = step::head;
};

response_parser::response_parser(const request_limits& limits)
    : state_(std::make_unique<state>(limits)) {}
response_parser::response_parser(response_parser&&) noexcept = default;
response_parser& response_parser::operator=(response_parser&&) noexcept = default;
response_parser::~response_parser() = default;

result<parse_action> response_parser::feed(bytes& data) {
    using step = state::step;
    if (state_->step_ == step::broken) return fail(state_->error);
    WEIR_ASSERT(state_->step_ == step::head, "one response_parser reads one response");
    if (auto fine = state_->feed_head(data); !fine) {
        state_->step_ = step::broken;
        state_->error = fine.error();
        return fail(fine.error());
    }
    if (state_->step_ != step::ready) return parse_action::need_data;
    return state_->message.code() == status::switching_protocols ? parse_action::upgrade
                                                                 : parse_action::complete;
}

response response_parser::take() {
    WEIR_ASSERT(state_->step_ == state::step::ready, "take() needs a complete response");
    state_->step_ = state::step::ended;
    return std::move(state_->message);
}

result<void> response_parser::state::feed_head(bytes& data) {
    const std::size_t taken = scanner.scan(data, limits);
    // Whoever refuses the earlier byte is right, so that the error is the same in every split.
    if (auto fine = grammar.feed(data.first(taken)); !fine) return fine;
    if (scanner.error()) return fail(scanner.error());
    data = data.subspan(taken);
    if (grammar.is_complete() != scanner.is_complete()) {
        return fail(make_error_code(errc::malformed));
    }
    if (!scanner.is_complete()) return {};
    const auto version = grammar.version();
    if (!version) return fail(version.error());
    const unsigned number = grammar.status_number();
    // llhttp also takes RTSP and ICE, and numbers of other sizes.
    if (number < 100 || number > 599 || !scanner.first_line().starts_with("HTTP/1.")) {
        return fail(make_error_code(errc::malformed));
    }
    message = response(static_cast<status>(number), *version);
    message.headers() = std::move(grammar.headers());
    step_ = step::ready;
    return {};
}

}  // namespace weir::http
