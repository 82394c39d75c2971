// SPDX-License-Identifier: Apache-2.0
#include "exchange.hpp"

#include <weir/coro/ok.hpp>
#include <weir/ws/client/hmac_sha256.hpp>

#include <simdjson.h>

#include <utility>

using weir::ok;
using weir::result;
using weir::task;
using namespace weir::ws;

namespace {

/// What `look(document)` finds in a message; empty where that is not JSON, or has not got it.
template <class Look>
std::string find(const message& in, Look look) {
    static thread_local simdjson::dom::parser parser;
    simdjson::dom::element document;
    if (parser.parse(in.text().data(), in.size()).get(document) != 0) return {};
    return look(document);
}

std::string text_at(const message& in, const char* place) {
    return find(in, [place](simdjson::dom::element document) {
        std::string_view text;
        const bool has_it = document.at_pointer(place).get(text) == 0;
        return std::string(has_it ? text : "");
    });
}

std::string number_at(const message& in, const char* place) {
    return find(in, [place](simdjson::dom::element document) {
        std::int64_t number = 0;
        const bool has_it = document.at_pointer(place).get(number) == 0;
        return has_it ? std::to_string(number) : std::string();
    });
}

bool is_error(const message& reply) { return !number_at(reply, "/error/code").empty(); }

std::string json_string(std::string_view text) {
    std::string made = "\"";
    for (const char each : text) {
        if (static_cast<unsigned char>(each) < 0x20) continue;  // no name of theirs has any
        if (each == '"' || each == '\\') made += '\\';
        made += each;
    }
    return made + '"';
}

}  // namespace

rpc_call exchange::call(std::string_view method, std::string_view parameters, request_kind kind) {
    std::string id = std::to_string(++calls_);
    std::string text = R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":)" + json_string(method) +
                       R"(,"params":)" + std::string(parameters) + '}';
    return rpc_call(std::move(id), std::move(text), kind);
}

task<result<std::chrono::nanoseconds>> exchange::authenticate(client_link link) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now);
    const std::string timestamp = std::to_string(milliseconds.count());
    rpc_call hello = call("public/auth",
                          R"({"grant_type":"client_signature","client_id":)" + json_string(key_) +
                              R"(,"timestamp":)" + timestamp + R"(,"signature":)" +
                              json_string(sign_api_key(secret_, key_, timestamp)) + '}',
                          request_kind::authentication);
    auto asking = link.request(std::move(hello.what), correlation::by_id(hello.id));
    const message answer = co_await ok(std::move(asking));
    if (is_error(answer)) {
        co_return weir::fail(make_error_code(client_errc::authentication_refused));
    }
    const std::string life = number_at(answer, "/result/expires_in");
    rpc_call wish = call("public/set_heartbeat", R"({"interval":1})", request_kind::heartbeat);
    auto wishing = link.request(std::move(wish.what), correlation::by_id(wish.id));
    const message granted = co_await ok(std::move(wishing));
    static_cast<void>(granted);
    co_return std::chrono::seconds(life.empty() ? 0 : std::stoll(life));
}

task<result<void>> exchange::change(client_link link, std::string_view method,
                                    std::string channel) {
    rpc_call asked =
        call(method, R"({"channels":[)" + json_string(channel) + "]}", request_kind::subscription);
    auto asking = link.request(std::move(asked.what), correlation::by_id(asked.id));
    const message answer = co_await ok(std::move(asking));
    if (!is_error(answer)) co_return {};
    co_return weir::fail(make_error_code(client_errc::subscription_refused));
}

task<result<void>> exchange::subscribe(client_link link, std::string channel) {
    return change(link, "private/subscribe", std::move(channel));
}
task<result<void>> exchange::unsubscribe(client_link link, std::string channel) {
    return change(link, "private/unsubscribe", std::move(channel));
}

task<result<void>> exchange::beat(client_link link) {
    rpc_call test = call("public/test", "{}", request_kind::heartbeat);
    auto asking = link.request(std::move(test.what), correlation::by_id(test.id));
    const message answer = co_await ok(std::move(asking));
    if (is_error(answer)) co_return weir::fail(std::errc::bad_message);
    co_return {};
}

std::string exchange::reply_id(const message& arrived) { return number_at(arrived, "/id"); }

task<action> exchange::take(message& arrived, message_sink& behind) {
    if (text_at(arrived, "/params/type") == "test_request") co_return action::beat();
    co_return co_await behind.take(arrived);
}

task<result<std::string>> exchange::buy(client& over, std::string label) {
    rpc_call order = call("private/buy", R"({"amount":1,"label":)" + json_string(label) + '}',
                          request_kind::order);
    auto asking = over.request(std::move(order.what), correlation::by_id(order.id));
    const message answer = co_await ok(std::move(asking));
    if (is_error(answer)) co_return weir::fail(std::errc::bad_message);
    co_return text_at(answer, "/result/order/label");
}
