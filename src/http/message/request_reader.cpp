// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/request_reader.hpp>

#include <utility>

namespace weir::http {

task<result<std::optional<request>>> request_reader::next() {
    for (;;) {
        if (chunk_.empty()) {
            auto arrived = co_await from_.receive();
            if (!arrived) co_return fail(arrived.error());
            if (arrived->empty()) {
                if (parser_.is_mid_request()) co_return fail(std::errc::connection_aborted);
                co_return std::optional<request>();
            }
            chunk_ = std::move(*arrived);
        }
        bytes rest = chunk_.data();
        const result<parse_action> action = parser_.feed(rest);
        if (rest.empty()) {
            chunk_.reset();  // a slow peer must not hold memory that the other sockets wait for
        } else {
            chunk_.narrow(chunk_.data().last(rest.size()));
        }
        if (!action) co_return fail(action.error());
        if (*action != parse_action::need_data) co_return std::optional<request>(parser_.take());
    }
}

}  // namespace weir::http
