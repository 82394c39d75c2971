// SPDX-License-Identifier: Apache-2.0
//   head --blank line--> ready --take()--> ended
//     `--any error--> broken
#include <weir/http/message/response_parser.hpp>

#include <weir/base/assert.hpp>

#include <cstdint>
#include <system_error>
#include <utility>

#include "response_head_parser.hpp"

namespace weir::http {

struct response_parser::state {
    enum class step : std::uint8_t { head, ready, ended, broken };

    explicit state(const request_limits& limits) : parser(limits) {}

    response_head_parser parser;
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
    const auto is_complete = state_->parser.feed(data, state_->message);
    if (!is_complete) {
        state_->step_ = step::broken;
        state_->error = is_complete.error();
        return fail(is_complete.error());
    }
    if (!*is_complete) return parse_action::need_data;
    state_->step_ = step::ready;
    return state_->message.code() == status::switching_protocols ? parse_action::upgrade
                                                                 : parse_action::complete;
}

response response_parser::take() {
    WEIR_ASSERT(state_->step_ == state::step::ready, "take() needs a complete response");
    state_->step_ = state::step::ended;
    return std::move(state_->message);
}

}  // namespace weir::http
