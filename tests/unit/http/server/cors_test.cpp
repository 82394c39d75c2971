// SPDX-License-Identifier: Apache-2.0
// cors: preflights are answered, and pages may read answers, whatever became of the request.
#include <weir/http/server/cors.hpp>

#include "co_test.hpp"
#include "http_peers.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/routing/middleware.hpp>

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(cors_test)

namespace {

const std::string origin = "Origin: https://app.example.org\r\n";
const std::string allowed = "\r\nAccess-Control-Allow-Origin: https://app.example.org\r\n";

weir::task<std::string> asked(std::string head, http::handler inner = name_it) {
    http::cors_policy policy;
    policy.allow_origin("https://app.example.org").allow_method("PUT");
    const http::middleware_chain serve(std::move(inner), http::cors(policy));
    const auto answer = [&serve](http::exchange& exchange) { return serve(exchange); };
    co_return co_await converse(answer, saying(head + "\r\n"));
}

}  // namespace

CO_TEST(a_preflight_is_answered_and_never_handled) {
    const auto heard = co_await asked("OPTIONS / HTTP/1.1\r\nHost: h\r\n" + origin +
                                      "Access-Control-Request-Method: PUT\r\n");
    CO_CHECK(heard.starts_with("HTTP/1.1 204 "));
    CO_CHECK(heard.find(allowed) != heard.npos);
    CO_CHECK(heard.find("\r\nAccess-Control-Allow-Methods: ") != heard.npos);
}

CO_TEST(an_allowed_origin_may_read_and_others_may_not) {
    const auto ours = co_await asked("GET / HTTP/1.1\r\nHost: h\r\n" + origin);
    CO_CHECK(ours.find(allowed) != ours.npos && ours.ends_with("GET /"));
    const auto other = co_await asked("GET / HTTP/1.1\r\nHost: h\r\nOrigin: https://evil\r\n");
    CO_CHECK(other.find("Access-Control") == other.npos && other.ends_with("GET /"));
}

CO_TEST(an_error_of_the_handler_may_be_read_too) {
    const auto broken = [](http::exchange& exchange) -> weir::task<weir::result<void>> {
        static_cast<void>(exchange.headers().add("X-Half", "done"));
        co_return weir::fail(std::errc::io_error);
    };
    const auto heard = co_await asked("GET / HTTP/1.1\r\nHost: h\r\n" + origin, broken);
    CO_CHECK(heard.starts_with("HTTP/1.1 500 "));
    CO_CHECK(heard.find(allowed) != heard.npos);
    CO_CHECK(heard.find("\r\nVary: Origin\r\n") != heard.npos);
    CO_CHECK(heard.find("X-Half") == heard.npos);
}

BOOST_AUTO_TEST_SUITE_END()
