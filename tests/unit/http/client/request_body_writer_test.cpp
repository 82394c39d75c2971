// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/request_body_writer.hpp>

#include "client_peers.hpp"
#include "co_test.hpp"

#include <weir/coro/ok.hpp>

using namespace weir::http::test;
namespace http = weir::http;
using weir::result;
using weir::task;

BOOST_AUTO_TEST_SUITE(request_body_writer_test)

namespace {

/// What a server hears of a body from that source, and what the client is told.
class sent_body {
public:
    std::string heard;
    std::string answer;
};

task<sent_body> sent(http::body_source source, std::optional<std::uint64_t> length) {
    scripted_server server({step(counted("ok"))});
    sent_body seen;
    const auto talk = [&]() -> task<> {
        http::client client(co_await weir::this_task());
        http::client_request request("POST", server.where());
        request.stream_body(source, length);
        request.budget(5s);
        const auto page = co_await client.send(std::move(request));
        seen.answer = told(page);
        const std::string all = server.heard_at(0);
        seen.heard = all.substr(std::min(all.find("\r\n\r\n"), all.size()));
    };
    co_await talk_to(server, talk);
    co_return seen;
}

task<result<void>> write_two(http::request_body_writer& out) {
    co_await weir::ok(out.write(weir::as_bytes("hello ")));
    co_await weir::ok(out.write(weir::bytes()));
    co_await weir::ok(out.write(weir::buffer_lease::copy_of(weir::as_bytes("world"))));
    CO_CHECK_EQUAL(out.body_bytes(), 11U);
    co_return {};
}

}  // namespace

CO_TEST(a_body_of_unknown_length_is_sent_in_chunks) {
    const auto seen = co_await sent(write_two, std::nullopt);
    CO_CHECK_EQUAL(seen.heard, "\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n");
    CO_CHECK_EQUAL(seen.answer, "200 ok");
}

CO_TEST(a_body_of_known_length_is_sent_as_it_is) {
    const auto seen = co_await sent(write_two, 11);
    CO_CHECK_EQUAL(seen.heard, "\r\n\r\nhello world");
    CO_CHECK_EQUAL(seen.answer, "200 ok");
}

CO_TEST(a_body_that_is_not_as_long_as_was_told_ends_the_request) {
    const std::string mismatch = "!" + make_error_code(http::errc::length_mismatch).message();
    const auto less = co_await sent(write_two, 12);
    CO_CHECK(less.answer.starts_with(mismatch));
    const auto more = co_await sent(write_two, 10);
    CO_CHECK(more.answer.starts_with(mismatch));
}

CO_TEST(a_large_piece_is_one_chunk) {
    const auto large = [](http::request_body_writer& out) -> task<result<void>> {
        const std::string piece(40'000, 'x');
        co_return co_await out.write(weir::as_bytes(piece));
    };
    const auto seen = co_await sent(large, std::nullopt);
    CO_CHECK(seen.heard == "\r\n\r\n9c40\r\n" + std::string(40'000, 'x') + "\r\n0\r\n\r\n");
    CO_CHECK_EQUAL(seen.answer, "200 ok");
}

BOOST_AUTO_TEST_SUITE_END()
