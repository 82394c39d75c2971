// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/otlp_exporter.hpp>

#include <weir/base/assert.hpp>
#include <weir/base/bytes.hpp>
#include <weir/base/error.hpp>
#include <weir/base/refusal.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timeout.hpp>
#include <weir/resilience/retry.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::trace {

bool may_succeed_later(std::error_code error) noexcept {
    if (error.category() == refusal_category()) return true;
    static constexpr std::array passing{
        std::errc::connection_refused, std::errc::connection_reset,
        std::errc::connection_aborted, std::errc::broken_pipe,
        std::errc::not_connected,      std::errc::timed_out,
        std::errc::host_unreachable,   std::errc::network_unreachable,
        std::errc::network_down,       std::errc::resource_unavailable_try_again,
        std::errc::no_buffer_space,
    };
    return std::any_of(passing.begin(), passing.end(),
                       [error](std::errc each) { return error == each; });
}

otlp_exporter::otlp_exporter(otlp_recorder& from, sink_function sink,
                             const otlp_export_options& options)
    : from_(from), sink_(std::move(sink)), options_(options) {
    WEIR_ASSERT(options.interval > std::chrono::nanoseconds(0),
                "an exporter makes a pause between its messages");
    from_.when_batch_is_full([this] { batch_is_full_.set(); });
}

task<result<void>> otlp_exporter::run() {
    metrics_due_ = reactor::current().now() + options_.interval;
    for (;;) {
        const auto filled = co_await with_deadline(metrics_due_, batch_is_full_.wait());
        if (!filled && filled.error() != std::errc::timed_out) break;
        const auto exported = co_await export_all();
        if (!exported) break;
    }
    metrics_due_ = {};
    static_cast<void>(co_await shield(export_all(), options_.flush_timeout));
    co_return fail(std::errc::operation_canceled);
}

/// Fails only when it is stopped.
task<result<void>> otlp_exporter::export_all() {
    batch_is_full_.reset();
    const auto now = reactor::current().now();
    if (metrics_due_ <= now) {
        metrics_due_ = now + options_.interval;
        if (auto metrics = from_.metrics(now)) {
            const auto sent = co_await send(*std::move(metrics));
            if (!sent) co_return sent;
        }
    }
    while (auto message = next()) {
        const auto sent = co_await send(*std::move(message));
        if (!sent) co_return sent;
    }
    co_return {};
}

std::optional<otlp_message> otlp_exporter::next() {
    if (unsent_) return std::exchange(unsent_, std::nullopt);
    auto spans = from_.take_spans();
    return spans ? std::move(spans) : from_.take_logs();
}

task<result<void>> otlp_exporter::send(otlp_message message) {
    const send_buffer body(as_bytes(message.body));
    resilience::retry_options patience(options_.delays);
    patience.is_worth_it = &may_succeed_later;
    patience.seed = options_.seed++;
    const auto attempt = [&]() -> task<result<void>> {
        co_return co_await with_timeout(options_.send_timeout, sink_(message.path, body));
    };
    const auto sent = co_await resilience::retry(patience, attempt);
    const task_view self = co_await this_task();
    const bool is_metrics = message.path == metrics_path;
    if (sent) {
        ++sent_;
    } else if (!self.stop_requested()) {
        // Series are sent again as a whole: nothing of them is lost.
        if (!is_metrics) lost_ += message.items;
    } else {
        if (!is_metrics) unsent_.emplace(std::move(message));
        co_return fail(std::errc::operation_canceled);
    }
    co_return {};
}

}  // namespace weir::trace
