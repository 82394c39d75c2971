// SPDX-License-Identifier: Apache-2.0
// file_transfer: files that are read on their way, and peers who do not take them.
#include "http/server/file_transfer.hpp"

#include "co_test.hpp"
#include "http/server/server_core.hpp"
#include "http_peers.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/http/message/error.hpp>
#include <weir/sync/task_group.hpp>

using namespace weir::http::test;
namespace http = weir::http;
using http::detail::file_buffers;
using http::detail::file_transfer;
using http::detail::server_core;
using http::detail::server_stream;
using weir::test::error_of;

BOOST_AUTO_TEST_SUITE(file_transfer_test)

namespace {

http::server_options patient_for(std::chrono::nanoseconds time) {
    http::server_options options;
    options.send_timeout = time;
    return options;
}

weir::task<weir::result<weir::file>> opened(std::string text) {
    weir::test::current_place().host().disk().put("/file", text);
    co_return co_await weir::file::open("/file", weir::open_mode::read);
}

weir::task<weir::result<void>> run(server_stream& to, const weir::file& from,
                                   http::byte_range part) {
    file_transfer transfer(to, from, part);
    co_return co_await transfer.run();
}

}  // namespace

CO_TEST(a_part_comes_behind_what_was_queued_before) {
    auto pair = co_await weir::test::tcp_streams::connect();
    server_core core(name_it, patient_for(20s));
    server_stream stream(std::move(pair.a), core);
    const auto file = co_await opened("0123456789");
    CO_REQUIRE(file.has_value());
    static_cast<void>(co_await stream.send(weir::as_bytes("head ")));
    const auto sent = co_await run(stream, *file, http::byte_range(3, 4));
    CO_REQUIRE(sent.has_value());
    const auto ended = co_await stream.end_sending();
    CO_REQUIRE(ended.has_value());
    const auto heard = co_await read_to_end(pair.b);
    CO_CHECK_EQUAL(heard, "head 3456");
}

CO_TEST(a_peer_that_takes_nothing_is_given_up_and_holds_no_memory_meanwhile) {
    auto pair = co_await weir::test::tcp_streams::connect();
    server_core core(name_it, patient_for(20s));
    server_stream stream(std::move(pair.a), core);
    const auto file = co_await opened(text_of(8'000'000));
    CO_REQUIRE(file.has_value());
    const auto send = [&]() -> weir::task<std::error_code> {
        const auto sent = co_await run(stream, *file, http::byte_range(0, 8'000'000));
        co_return error_of(sent);
    };
    const auto look = [&]() -> weir::task<> {
        const auto slept = co_await weir::sleep_for(10s);
        if (!slept) co_return;
        CO_CHECK_EQUAL(stream.socket.queued_bytes(), 0U);
        CO_CHECK_EQUAL(core.file_pieces.permits().available(), file_buffers::max_pieces);
    };
    auto [error, looked] = co_await weir::when_all(send(), look());
    static_cast<void>(looked);
    CO_CHECK(error == http::errc::peer_not_reading);
}

CO_TEST(a_part_behind_the_end_of_the_file_is_an_error) {
    auto pair = co_await weir::test::tcp_streams::connect();
    server_core core(name_it, patient_for(20s));
    server_stream stream(std::move(pair.a), core);
    const auto file = co_await opened("0123456789");
    CO_REQUIRE(file.has_value());
    const auto sent = co_await run(stream, *file, http::byte_range(8, 4));
    CO_CHECK(error_of(sent) == http::errc::length_mismatch);
}

CO_TEST(more_files_than_pieces_of_memory_are_all_sent) {
    server_core core(name_it, patient_for(20s));
    const auto file = co_await opened(text_of(200'000));
    CO_REQUIRE(file.has_value());
    std::size_t complete = 0;
    const auto send_one = [&]() -> weir::task<> {
        auto pair = co_await weir::test::tcp_streams::connect();
        server_stream stream(std::move(pair.a), core);
        const auto send = [&]() -> weir::task<> {
            const auto sent = co_await run(stream, *file, http::byte_range(0, 200'000));
            if (!sent) {
                stream.socket.abort();
                co_return;
            }
            const auto ended = co_await stream.end_sending();
            if (!ended) stream.socket.abort();
        };
        auto [sent, heard] = co_await weir::when_all(send(), read_to_end(pair.b));
        static_cast<void>(sent);
        if (heard.size() == 200'000) ++complete;
    };
    weir::task_group all(co_await weir::this_task(), 3 * file_buffers::max_pieces);
    for (std::size_t i = 0; i < 3 * file_buffers::max_pieces; ++i) {
        auto started = all.spawn(send_one);
        static_cast<void>(co_await started);
    }
    static_cast<void>(co_await all.join());
    CO_CHECK_EQUAL(complete, 3 * file_buffers::max_pieces);
}

BOOST_AUTO_TEST_SUITE_END()
