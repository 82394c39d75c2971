// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client_response.hpp>

#include "client_call.hpp"

namespace weir::http {

void detail::client_call_closer::operator()(client_call* call) const noexcept { delete call; }

const response& client_response::head() const noexcept {
    return call_->connection().exchange.head();
}

std::optional<std::uint64_t> client_response::sent_length() const noexcept {
    return call_->connection().exchange.body_length();
}

const url* client_response::redirected_to() const noexcept { return call_->redirected_to(); }

task<result<buffer_lease>> client_response::read() {
    auto piece = co_await call_->read();
    if (!piece) call_->note_failure(piece.error());
    co_return piece;
}

task<result<std::string>> client_response::collect(std::size_t max_bytes) {
    auto all = co_await call_->collect(max_bytes);
    if (!all) call_->note_failure(all.error());
    co_return all;
}

bool client_response::is_complete() const noexcept { return call_->is_complete(); }

const headers& client_response::trailers() const noexcept {
    return call_->connection().exchange.trailers();
}

}  // namespace weir::http
