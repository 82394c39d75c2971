// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/accept.hpp>

#include "net/last_words.hpp"

#include <weir/http/message/error.hpp>
#include <weir/http/message/request_reader.hpp>
#include <weir/http/message/response.hpp>
#include <weir/io/timeout.hpp>
#include <weir/ws/deflate/deflate_extension.hpp>

#include <string>
#include <utility>

namespace weir::ws {

namespace {

/// Sends a last answer and closes; the error that led here is what the caller reports.
task<> refuse(net::stream_socket socket, std::string answer, std::chrono::nanoseconds limit) {
    const auto sent = co_await socket.send_copy(as_bytes(answer));
    if (!sent) co_return;
    static_cast<void>(co_await with_timeout(limit, net::let_last_words_arrive(socket)));
    static_cast<void>(co_await socket.close());
}

std::string answer_to(const std::error_code& error) {
    http::response answer(http::status_for(error), "text/plain; charset=utf-8",
                          error.message() + "\n");
    return http::serialize(answer, false);
}

/// Agrees on compression if both sides want it, and adds the answer's field.
deflate_agreement agree_on_deflate(const http::headers& request, const server_options& options,
                                   http::headers& answer) {
    if (!options.connection.deflate) return {};
    const deflate_options& wanted = *options.connection.deflate;
    auto accepted = accept_deflate(request, wanted);
    if (!accepted) return {};
    auto agreement = deflate_agreement::make(accepted->parameters());
    if (!agreement) {
        accepted = accept_deflate(request, wanted.without_context());
        if (!accepted) return {};
        agreement = deflate_agreement::make(accepted->parameters());
    }
    const auto added = answer.add("Sec-WebSocket-Extensions", accepted->text());
    WEIR_ASSERT(added.has_value(), "an answer about compression must be a valid field");
    return std::move(*agreement);
}

task<result<connection>> handshake(net::stream_socket socket, const server_options& options) {
    http::request_reader reader(socket, options.request);
    auto request = co_await reader.next();
    if (!request) {
        const std::error_code error = request.error();
        if (error.category() == http::category()) {
            options.connection.statistics_here().count_refusal(error);
            co_await refuse(std::move(socket), answer_to(error), options.connection.close_timeout);
        }
        co_return fail(error);
    }
    if (!*request) co_return fail(std::errc::connection_aborted);
    buffer_lease leftover = reader.take_leftover();
    const bool is_upgrade = (*request)->wants_upgrade();
    auto upgraded =
        co_await upgrade(std::move(socket), std::move(**request), std::move(leftover), options);
    if (!upgraded && !is_upgrade) co_return fail(make_error_code(connection_errc::not_an_upgrade));
    co_return upgraded;
}

}  // namespace

task<result<connection>> accept(net::stream_socket socket, const server_options& options) {
    const std::chrono::nanoseconds limit = options.connection.handshake_timeout;
    co_return co_await with_timeout(limit, handshake(std::move(socket), options));
}

task<result<connection>> upgrade(net::stream_socket socket, http::request request,
                                 buffer_lease leftover, const server_options& options) {
    auto accepted = accept_upgrade(request, options.rules);
    if (!accepted) {
        options.connection.statistics_here().count_refusal(accepted.error().error());
        co_await refuse(std::move(socket), accepted.error().response_bytes(),
                        options.connection.close_timeout);
        co_return fail(accepted.error().error());
    }
    deflate_agreement deflate =
        agree_on_deflate(request.headers(), options, accepted->answer().headers());
    const std::string answer = accepted->response_bytes();
    if (auto sent = co_await socket.send_copy(as_bytes(answer)); !sent) {
        co_return fail(sent.error());
    }
    connection open(std::move(socket), role::server, options.connection, std::move(leftover),
                    std::move(deflate));
    if (!accepted->protocol().empty()) open.set_protocol(accepted->protocol());
    co_return open;
}

}  // namespace weir::ws
