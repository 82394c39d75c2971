// SPDX-License-Identifier: Apache-2.0
//   head --blank line--> body --last byte--> ready --take()--> head
//    |                    |                               `--> ended (the connection is not kept)
//    `--any error---------+--> broken
#include <weir/http/message/request_parser.hpp>

#include <weir/base/assert.hpp>
#include <weir/http/message/detail/body_reader.hpp>

#include <utility>

#include "request_head_parser.hpp"

namespace weir::http {

struct request_parser::state {
    enum class step : std::uint8_t { head, body, ready, ended, broken };

    explicit state(const request_limits& limits) : head(limits) {}

    result<void> feed(bytes& data);

    request_head_parser head;
    detail::body_reader body;
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
    if (auto fine = state_->feed(data); !fine) {
        state_->step_ = step::broken;
        state_->error = fine.error();
        return fail(fine.error());
    }
    if (state_->step_ != step::ready) return parse_action::need_data;
    return state_->message.wants_upgrade() ? parse_action::upgrade : parse_action::complete;
}

result<void> request_parser::state::feed(bytes& data) {
    if (step_ == step::head) {
        const auto complete = head.feed(data, message);
        if (!complete) return fail(complete.error());
        if (*complete) {
            head.expect_body(body);
            step_ = step::body;
        }
    }
    if (step_ == step::body) {
        if (auto fine = body.feed(data, message.body()); !fine) return fine;
        if (body.is_complete()) step_ = step::ready;
    }
    return {};
}

request request_parser::take() {
    using step = state::step;
    WEIR_ASSERT(state_->step_ == step::ready, "take() needs a complete request");
    request taken = std::exchange(state_->message, request());
    state_->step_ = taken.keeps_alive() ? step::head : step::ended;
    state_->head.restart();
    return taken;
}

bool request_parser::is_mid_request() const noexcept {
    using step = state::step;
    return state_->step_ == step::body || (state_->step_ == step::head && state_->head.has_begun());
}

}  // namespace weir::http
