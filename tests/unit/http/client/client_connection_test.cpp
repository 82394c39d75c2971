// SPDX-License-Identifier: Apache-2.0
// A connection that is kept is used again only if nothing has come on it meanwhile.
#include "client_peers.hpp"
#include "co_test.hpp"

using namespace weir::http::test;
namespace http = weir::http;
using weir::task;

BOOST_AUTO_TEST_SUITE(client_connection_test)

namespace {

/// Answers with `first`, says `later` after a second, and then answers whoever asks with "second".
class talkative_server {
public:
    explicit talkative_server(std::string first, std::string later, bool closes)
        : acceptor_(weir::test::listen_on_loopback()),
          first_(std::move(first)),
          later_(std::move(later)),
          closes_(closes) {}

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    task<> serve() {
        auto one = co_await acceptor_.accept();
        if (!one) co_return;
        static_cast<void>(co_await weir::test::read_until(*one, 30));
        static_cast<void>(co_await one->send_copy(weir::as_bytes(first_)));
        static_cast<void>(co_await weir::sleep_for(1s));
        static_cast<void>(co_await one->send_copy(weir::as_bytes(later_)));
        if (closes_) static_cast<void>(co_await one->close());
        auto other = co_await acceptor_.accept();
        if (!other) co_return;
        is_asked_anew = true;
        static_cast<void>(co_await weir::test::read_until(*other, 30));
        static_cast<void>(co_await other->send_copy(weir::as_bytes(counted("second"))));
        static_cast<void>(co_await weir::test::read_to_end(*other));
    }

    bool is_asked_anew = false;

private:
    weir::net::tcp_acceptor acceptor_;
    std::string first_;
    std::string later_;
    bool closes_;
};

/// Asks, rests for two seconds, asks again; gives whether that was right and on a new connection.
task<bool> asks_anew(std::string first, std::string later, bool closes, std::uint64_t stale) {
    talkative_server server(std::move(first), std::move(later), closes);
    bool is_right = false;
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        static_cast<void>(co_await client.get(server.url()));
        static_cast<void>(co_await weir::sleep_for(2s));
        const auto page = co_await client.get(server.url());
        is_right = told(page) == "200 second" && server.is_asked_anew &&
                   client.statistics().stale.value() == stale &&
                   client.statistics().retried.value() == 0;
    };
    co_await talk_to(server, talk);
    co_return is_right;
}

}  // namespace

CO_TEST(bytes_that_nobody_asked_for_are_not_the_next_response) {
    const auto later = co_await asks_anew(counted("first"), counted("evil"), false, 1);
    CO_CHECK(later);
    const auto at_once = co_await asks_anew(counted("first") + counted("evil"), "", false, 0);
    CO_CHECK(at_once);
    const auto one_byte = co_await asks_anew(counted("first") + "\n", "", false, 0);
    CO_CHECK(one_byte);
}

CO_TEST(bytes_behind_a_long_body_are_not_the_next_response_either) {
    const std::string body(300'000, 'x');  // read as bulk data
    const auto later = co_await asks_anew(counted(body), counted("evil"), false, 1);
    CO_CHECK(later);
}

CO_TEST(a_connection_that_ended_while_it_was_kept_is_not_tried) {
    const auto small = co_await asks_anew(counted("first"), "", true, 1);
    CO_CHECK(small);
    const auto bulk = co_await asks_anew(counted(std::string(300'000, 'x')), "", true, 1);
    CO_CHECK(bulk);
}

CO_TEST(a_connection_is_kept_after_a_long_body) {
    const std::string body(300'000, 'x');
    scripted_server server({step(counted(body)), step(counted(body)), step(counted("small"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        for (int i = 0; i < 2; ++i) {
            const auto page = co_await client.get(server.url());
            CO_CHECK(page && page->body() == body);
        }
        const auto page = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(page), "200 small");
        CO_CHECK_EQUAL(server.accepted, 1U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(a_server_that_closes_after_its_response_is_believed) {
    scripted_server server({step(counted("a", "Connection: close\r\n")).closes(),
                            step(counted("b", "Connection: close\r\n")).closes()});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        const auto first = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(first), "200 a");
        CO_CHECK_EQUAL(client.open_connections(), 0U);
        const auto second = co_await client.get(server.url());
        CO_CHECK_EQUAL(told(second), "200 b");
        CO_CHECK_EQUAL(client.statistics().stale.value(), 0U);
        CO_CHECK_EQUAL(client.statistics().retried.value(), 0U);
    };
    co_await talk_to(server, talk);
}

CO_TEST(an_idle_connection_is_closed_in_time) {
    scripted_server server({step(counted("a"))});
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        static_cast<void>(co_await client.get(server.url()));
        CO_CHECK_EQUAL(client.open_connections(), 1U);
        static_cast<void>(co_await weir::sleep_for(31s));
        CO_CHECK_EQUAL(client.open_connections(), 0U);
    };
    co_await talk_to(server, talk);
}

BOOST_AUTO_TEST_SUITE_END()
