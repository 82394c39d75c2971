// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client.hpp>

#include <weir/base/error.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <system_error>
#include <utility>

#include "client_call.hpp"
#include "client_core.hpp"

namespace weir::http {
namespace {

/// A stop that a deadline around the call has caused is a timeout, too.
task<std::error_code> reason_of(std::error_code ended) {
    const task_view self = co_await this_task();
    const bool is_late = is_stopped(ended) && self.deadline() <= reactor::current().now();
    co_return is_late ? std::make_error_code(std::errc::timed_out) : ended;
}

}  // namespace

client::client(task_view owner, client_options options)
    : core_(std::make_unique<detail::client_core>(owner, std::move(options))) {}

client::~client() = default;

task<result<response, client_error>> client::get(std::string where) {
    auto parsed = url::parse(where);
    if (parsed) co_return co_await send(client_request("GET", std::move(*parsed)));
    core_->statistics.requests.add();
    co_return fail(detail::client_call(*core_).failed(parsed.error()));
}

task<result<response, client_error>> client::send(client_request request) {
    core_->statistics.requests.add();
    detail::client_call call(*core_);
    auto work = call.fetch(request);
    const auto budget = request.budget().value_or(core_->options.budget);
    const auto outcome = co_await with_timeout(budget, std::move(work));
    if (!outcome) {
        const std::error_code why = co_await reason_of(outcome.error());
        co_return fail(call.failed(why));
    }
    co_return std::move(call.connection().exchange.head());
}

task<result<client_response, client_error>> client::start(const client_request& request) {
    core_->statistics.requests.add();
    detail::client_call_ptr call(new detail::client_call(*core_));
    auto work = call->start(request);
    const auto budget = request.budget().value_or(core_->options.budget);
    const auto outcome = co_await with_timeout(budget, std::move(work));
    if (!outcome) {
        const std::error_code why = co_await reason_of(outcome.error());
        co_return fail(call->failed(why));
    }
    co_return client_response(std::move(call));
}

const client_statistics& client::statistics() const noexcept { return core_->statistics; }

std::size_t client::open_connections() const noexcept { return core_->origins.open(); }

}  // namespace weir::http
