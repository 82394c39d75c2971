// SPDX-License-Identifier: Apache-2.0
// Files of a real disk to real sockets, and simulated ones: what arrives is what lies there, on
// whichever way it went.
#include <weir/http/server/file_service.hpp>

#include "../../unit/http/server/http_peers.hpp"
#include "needs_kernel_tls.hpp"
#include "temporary_folder.hpp"
#include "tls_streams.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/reactor.hpp>
#include <weir/tls/kernel_tls.hpp>

#include <sys/stat.h>

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(file_service_ring_test)

namespace {

/// A folder with one file in it, and what a request for that is answered with.
class site {
public:
    weir::task<bool> put(const std::string& content) {
        auto file = co_await weir::file::open(folder_ / "file", weir::open_mode::replace);
        if (!file) co_return false;
        const auto written = co_await file->write_all_at(0, weir::as_bytes(content));
        co_return written.has_value();
    }
    /// A pipe instead of the file.
    bool put_fifo() { return ::mkfifo(std::string(folder_ / "file").c_str(), 0600) == 0; }
    weir::task<std::string> asked(std::string fields, http::server_options options = {}) {
        co_return co_await talk(weir::test::tcp_streams::connect(), saying(get(fields)), options);
    }
    /// Over one connection that speaks TLS: all of it, a little of it, and all of it again.
    weir::task<std::string> asked_over_tls() {
        using streams = weir::test::tls_streams<weir::tls::version::tls_1_3>;
        // Linux takes no keys for a connection whose peer has ended its direction.
        const std::string requests =
            get({}) + get("Range: bytes=5-9\r\n") + get("Connection: close\r\n");
        co_return co_await talk(server_first(streams::connect()), waiting_after(requests), {});
    }

private:
    using pair = weir::test::stream_pair<weir::net::tcp_socket>;

    static std::string get(const std::string& fields) {
        return "GET /file HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
    }
    static weir::task<pair> server_first(weir::task<pair> connecting) {
        pair ends = co_await std::move(connecting);
        co_return pair{std::move(ends.b), std::move(ends.a)};
    }
    weir::task<std::string> talk(weir::task<pair> connecting, client speak,
                                 http::server_options options) {
        auto root = co_await weir::folder::open(folder_ / ".");
        if (!root) co_return std::string();
        http::file_service files(std::move(*root));
        const auto answer = [&files](http::exchange& exchange) { return files.answer(exchange); };
        pair ends = co_await std::move(connecting);
        co_return co_await converse(std::move(ends), answer, std::move(speak), options);
    }

    weir::test::temporary_folder folder_;
};

/// What stands behind the head of the first answer.
std::string body_of(const std::string& answer) {
    const std::size_t end = answer.find("\r\n\r\n");
    return end == answer.npos ? std::string() : answer.substr(end + 4);
}

weir::task<> check_all_arrives(std::size_t size) {
    site pages;
    const std::string content = text_of(size);
    const bool is_there = co_await pages.put(content);
    if (!is_there) co_return;
    const auto heard = co_await pages.asked({});
    BOOST_TEST((weir::test::is_simulated() || body_of(heard) == content));
}

}  // namespace

RING_TEST(a_small_file_arrives) { return check_all_arrives(1024); }
RING_TEST(a_file_larger_than_one_piece_arrives) { return check_all_arrives(100'000); }
RING_TEST(a_file_larger_than_the_socket_takes_arrives) { return check_all_arrives(9'000'000); }

RING_TEST(a_large_range_begins_and_ends_where_it_should) {
    site pages;
    const std::string content = text_of(1'000'000);
    const bool is_there = co_await pages.put(content);
    if (!is_there) co_return;
    const auto heard = co_await pages.asked("Range: bytes=12345-987654\r\n");
    BOOST_TEST((weir::test::is_simulated() ||
                body_of(heard) == content.substr(12345, 987654 - 12345 + 1)));
}

BOOST_AUTO_TEST_CASE(a_large_file_does_not_pass_through_this_process, WEIR_LINUX_ONLY) {
    weir::test::run_limited([]() -> weir::task<> {
        site pages;
        const std::string content = text_of(1'000'000);
        static_cast<void>(co_await pages.put(content));
        const auto& counts = weir::reactor::current().stats();
        const auto before = counts.file_sends;
        const auto heard = co_await pages.asked({});
        BOOST_TEST((body_of(heard) == content));
        BOOST_TEST(counts.file_sends >= before + 4);  // 256 KiB each, or less
    });
}

RING_TEST(files_arrive_over_tls_whoever_seals_them) {
    site pages;
    const std::string content = text_of(weir::test::is_simulated() ? 100'000 : 3'000'000);
    const bool is_there = co_await pages.put(content);
    if (!is_there) co_return;
    const auto& counts = weir::reactor::current().stats();
    const auto handed = counts.kernel_tls;
    const auto sent = counts.file_sends;
    const auto heard = co_await pages.asked_over_tls();
    if (weir::test::is_simulated()) co_return;
    BOOST_TEST(times(heard, content) == 2U);
    BOOST_TEST(times(heard, "\r\n\r\n" + content.substr(5, 5) + "HTTP/1.1 200 ") == 1U);
    const bool is_kernel = !weir::tls::kernel_tls_error();
    BOOST_TEST(counts.kernel_tls - handed == (is_kernel ? 1U : 0U));
    BOOST_TEST((counts.file_sends > sent) == is_kernel);
}

namespace {
weir::task<> ask_for_a_fifo() {
    site pages;
    if (!pages.put_fifo()) co_return;
    const auto heard = co_await pages.asked({});
    BOOST_TEST(heard.starts_with("HTTP/1.1 404 "));
}
}  // namespace

BOOST_AUTO_TEST_CASE(a_fifo_is_no_page_and_keeps_nobody_waiting, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(ask_for_a_fifo);
}

namespace {
/// Two requests, the first of which finds that half of what the keys may seal was sent.
weir::task<> ask_twice_with_worn_keys() {
    auto ends = co_await weir::test::tls_streams<weir::tls::version::tls_1_3>::connect();
    weir::net::detail::stream_core& core = ends.b.core();
    const auto answer = [&core](http::exchange& exchange) -> weir::task<weir::result<void>> {
        auto& sender = core.sender();
        BOOST_REQUIRE((sender.has_sent_all() && sender.hand_to_kernel(1)));
        sender.note_sent(std::size_t{181} << 30U);
        co_return co_await exchange.respond(http::status::ok, "text/plain", "worn");
    };
    const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    weir::test::stream_pair<weir::net::tcp_socket> pair{std::move(ends.b), std::move(ends.a)};
    const auto heard = co_await converse(std::move(pair), answer, waiting_after(request + request));
    BOOST_TEST(times(heard, "HTTP/1.1 200 ") == 1U);
    BOOST_TEST(times(heard, "Connection: close\r\n") == 1U);
}
}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_with_half_worn_keys_is_the_last, WEIR_KERNEL_TLS_ONLY) {
    weir::test::on_reactor(ask_twice_with_worn_keys);
}

BOOST_AUTO_TEST_SUITE_END()
