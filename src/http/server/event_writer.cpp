// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/event_writer.hpp>

#include <weir/base/assert.hpp>
#include <weir/coro/ok.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/io/timeout.hpp>

#include <utility>

namespace weir::http {

event_writer::event_writer(exchange& on, const event_writer_options& options)
    : exchange_(on), options_(options) {
    WEIR_ASSERT(options_.heartbeat > std::chrono::nanoseconds::zero(),
                "a heartbeat needs time between its beats");
}

std::string_view event_writer::last_event_id() const noexcept {
    return exchange_.request().headers().find("Last-Event-ID").value_or("");
}

task<result<void>> event_writer::start() {
    const response head = event_stream_head();
    for (std::size_t i = 0; i < head.headers().size(); ++i) {
        const header_field field = head.headers()[i];
        ok(exchange_.headers().set(field.name(), field.value()));
    }
    co_await ok(exchange_.answer().start(head.code(), {}));
    if (options_.retry) co_await ok(send(format_retry(*options_.retry)));
    co_return result<void>();
}

task<result<void>> event_writer::send(const server_event& event) {
    return send(format_event(event));
}

task<result<void>> event_writer::send(send_buffer formatted) {
    response_writer& answer = exchange_.answer();
    ++sends_;
    is_sending_ = true;
    auto sent = co_await answer.write(std::move(formatted));
    if (sent && answer.queued_bytes() > options_.max_queued_bytes) {
        sent = co_await answer.all_sent();
    }
    is_sending_ = false;
    co_return sent;
}

task<result<void>> event_writer::keep_alive() {
    const send_buffer beat = format_heartbeat();
    for (;;) {
        const std::uint64_t before = sends_;
        auto draining = exchange_.drain_begun();
        const auto drained = co_await with_timeout(options_.heartbeat, std::move(draining));
        if (drained) co_return drained;
        if (drained.error() != std::errc::timed_out) co_return drained;
        // Where something is being sent, that shows whether the reader is there.
        if (sends_ == before && !is_sending_) co_await ok(send(beat));
    }
}

}  // namespace weir::http
