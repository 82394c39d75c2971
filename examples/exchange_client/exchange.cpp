// SPDX-License-Identifier: Apache-2.0
#include "exchange.hpp"

#include <weir/coro/ok.hpp>
#include <weir/json/quoted.hpp>
#include <weir/ws/client/hmac_sha256.hpp>

#include <utility>

using weir::ok;
using weir::result;
using weir::task;
using namespace weir::ws;

rpc_call exchange::call(std::string_view method, std::string_view parameters) {
    return rpc_call(std::to_string(++calls_), method, parameters);
}

/// Over the client or a link of it.
template <class Over>
task<result<rpc_message>> exchange::ask(Over& over, rpc_call what, request_kind kind) {
    auto asking = over.request(encode(what).kind(kind), correlation::by_id(what.id));
    const message answer = co_await ok(std::move(asking));
    co_return decode<rpc_message>(answer);
}

task<result<std::chrono::nanoseconds>> exchange::authenticate(client_link link) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now);
    const std::string timestamp = std::to_string(milliseconds.count());
    const std::string proof = R"({"grant_type":"client_signature","client_id":)" +
                              weir::json::quoted(key_) + R"(,"timestamp":)" + timestamp +
                              R"(,"signature":)" +
                              weir::json::quoted(sign_api_key(secret_, key_, timestamp)) + '}';
    auto saying = ask(link, call("public/auth", proof), request_kind::authentication);
    const rpc_message answer = co_await ok(std::move(saying));
    if (answer.is_error) {
        co_return weir::fail(make_error_code(client_errc::authentication_refused));
    }
    auto wishing =
        ask(link, call("public/set_heartbeat", R"({"interval":1})"), request_kind::heartbeat);
    const rpc_message granted = co_await ok(std::move(wishing));
    static_cast<void>(granted);
    co_return answer.expires_in;
}

task<result<void>> exchange::change(client_link link, std::string_view method,
                                    std::string channel) {
    const std::string channels = R"({"channels":[)" + weir::json::quoted(channel) + "]}";
    auto asking = ask(link, call(method, channels), request_kind::subscription);
    const rpc_message answer = co_await ok(std::move(asking));
    if (!answer.is_error) co_return {};
    co_return weir::fail(make_error_code(client_errc::subscription_refused));
}

task<result<void>> exchange::subscribe(client_link link, std::string channel) {
    return change(link, "private/subscribe", std::move(channel));
}
task<result<void>> exchange::unsubscribe(client_link link, std::string channel) {
    return change(link, "private/unsubscribe", std::move(channel));
}

task<result<void>> exchange::beat(client_link link) {
    auto asking = ask(link, call("public/test", "{}"), request_kind::heartbeat);
    const rpc_message answer = co_await ok(std::move(asking));
    if (answer.is_error) co_return weir::fail(std::errc::bad_message);
    co_return {};
}

std::string exchange::reply_id(const message& arrived) {
    const auto said = decode<rpc_message>(arrived);
    return said ? said->id : std::string();
}

task<action> exchange::take(message& arrived, message_sink& behind) {
    const auto said = decode<rpc_message>(arrived);
    if (said && said->asks_for_test) co_return action::beat();
    co_return co_await behind.take(arrived);
}

task<result<std::string>> exchange::buy(client& over, std::string label) {
    const std::string order = R"({"amount":1,"label":)" + weir::json::quoted(label) + '}';
    auto asking = ask(over, call("private/buy", order), request_kind::order);
    const rpc_message answer = co_await ok(std::move(asking));
    if (answer.is_error) co_return weir::fail(std::errc::bad_message);
    co_return answer.label;
}
