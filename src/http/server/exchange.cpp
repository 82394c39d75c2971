// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/exchange.hpp>

#include <weir/coro/ok.hpp>

#include <utility>

#include "server_connection.hpp"

namespace weir::http {

const request& exchange::request() const noexcept { return connection_.head(); }
request_body& exchange::body() noexcept { return connection_.body(); }
response_writer& exchange::answer() noexcept { return connection_.answer(); }
headers& exchange::headers() noexcept { return connection_.answer().headers(); }
const net::endpoint& exchange::peer() const { return connection_.peer(); }
std::optional<net::endpoint> exchange::client() const { return connection_.client(); }
task<result<void>> exchange::drain_begun() { return connection_.drain_begun(); }
bool exchange::is_draining() const noexcept { return connection_.is_draining(); }

task<result<void>> exchange::respond(status code, std::string_view content_type,
                                     std::string_view body) {
    return answer().respond(code, content_type, as_bytes(body));
}

task<result<void>> exchange::respond(status code, std::string_view content_type, send_buffer body) {
    return answer().respond(code, content_type, std::move(body));
}

task<result<void>> exchange::respond(const prepared_response& answer) {
    return connection_.answer().respond(answer);
}

task<result<void>> exchange::respond(response answer) {
    for (std::size_t i = 0; i < answer.headers().size(); ++i) {
        const header_field field = answer.headers()[i];
        if (auto added = headers().add(field.name(), field.value()); !added) co_return added;
    }
    co_return co_await respond(answer.code(), {}, answer.body());
}

result<raw_connection> exchange::take_connection() { return connection_.take(); }

}  // namespace weir::http
