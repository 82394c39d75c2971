// SPDX-License-Identifier: Apache-2.0
#include "client_upload.hpp"

#include <weir/base/error.hpp>
#include <weir/http/client/request_body_writer.hpp>
#include <weir/io/timeout.hpp>

namespace weir::http::detail {

task<bool> client_upload::send() {
    try {
        auto sent = co_await send_head();
        if (sent) sent = co_await send_body();
        if (sent) on_.exchange.request_sent();
        co_return sent.has_value();
    } catch (...) {
        hopeless_.request_stop();
        throw;
    }
}

task<result<void>> client_upload::send_head() {
    const auto sent = co_await on_.socket->send_copy(as_bytes(on_.text));
    if (!sent || patience_.count() == 0) co_return sent;
    const auto told = co_await with_timeout(patience_, may_go_on_.wait());
    // A server that knows nothing of it says nothing (RFC 9110 10.1.1).
    if (!told && told.error() != std::errc::timed_out) co_return told;
    co_return result<void>();
}

task<result<void>> client_upload::send_body() {
    has_begun_ = true;
    if (!asked_.is_streamed()) {
        const auto written = co_await on_.socket->write_all(as_bytes(asked_.body()));
        if (!written) co_return fail(written.error());
        co_return result<void>();
    }
    request_body_writer out(on_, asked_.body_length());
    result<void> sent = co_await asked_.source()(out);
    if (sent) sent = co_await out.finish();
    // The response to a connection that broke may be there to be read; to a source that did, none.
    if (!sent && !out.error() && !is_stopped(sent.error())) {
        failure_ = sent.error();
        hopeless_.request_stop();
    }
    co_return sent;
}

}  // namespace weir::http::detail
