// SPDX-License-Identifier: Apache-2.0
// A steady stream of requests takes nothing from the heap, on the thread of the server, alone or
// pipelined; and pipelined ones share their sends.
#include <weir/http/server/serve.hpp>

#include "../../unit/http/server/http_peers.hpp"
#include "allocation_count.hpp"

#include <weir/base/unique_fd.hpp>
#include <weir/coro/ok.hpp>
#include <weir/http/server/prepared_response.hpp>
#include <weir/io/reactor.hpp>

#include <sys/socket.h>

#include <thread>

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(allocation_test)

namespace {

constexpr int warm_up = 4000;  // some of them cut in two
constexpr int measured = 4000;
constexpr int batch = 16;

const std::string request =
    "GET /some/page?of=the&day HTTP/1.1\r\nHost: localhost:8080\r\n"
    "User-Agent: a browser of some kind/1.0\r\nAccept: */*\r\n\r\n";

/// What the server's thread has taken and asked for between two of its requests.
class consumption {
public:
    std::uint64_t allocations = 0;
    std::uint64_t system_calls = 0;
    int requests = 0;
};

std::uint64_t calls_so_far() {
    const auto& counts = weir::reactor::current().stats();
    return counts.enters + counts.direct_calls;
}

http::handler counting(consumption& taken, http::handler inner) {
    auto begun = std::make_shared<consumption>();
    return [&taken, begun, inner](http::exchange& exchange) -> weir::task<weir::result<void>> {
        const int number = ++taken.requests;
        if (number == warm_up) {
            begun->allocations = weir::test::allocations();
            begun->system_calls = calls_so_far();
        }
        if (number == warm_up + measured) {
            taken.allocations = weir::test::allocations() - begun->allocations;
            taken.system_calls = calls_so_far() - begun->system_calls;
        }
        return inner(exchange);
    };
}

/// A blocking client that asks `pipelined` times at once, and waits for all answers.
void ask(int fd, int pipelined) {
    std::string text;
    for (int i = 0; i < pipelined; ++i) text += request;
    std::string heard(65'536, '\0');
    for (int done = 0; done < warm_up + measured; done += pipelined) {
        BOOST_REQUIRE(::send(fd, text.data(), text.size(), MSG_NOSIGNAL) > 0);
        int answers = 0;
        while (answers < pipelined) {
            const ssize_t got = ::recv(fd, heard.data(), heard.size(), 0);
            BOOST_REQUIRE(got > 0);
            const std::string_view piece(heard.data(), static_cast<std::size_t>(got));
            answers += static_cast<int>(times(piece, "\r\n\r\nhello"));
        }
    }
    ::shutdown(fd, SHUT_WR);
}

consumption consumed_by(http::handler answer, int pipelined) {
    int ends[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    consumption taken;
    http::server_options options;
    options.max_requests = 1'000'000;
    std::thread server([&] {
        weir::run(http::serve(weir::net::stream_socket(ends[0]), counting(taken, answer), options));
    });
    const weir::unique_fd mine(ends[1]);
    ask(mine.value(), pipelined);
    server.join();
    return taken;
}

weir::task<weir::result<void>> say_hello(http::exchange& exchange) {
    co_return co_await exchange.respond(http::status::ok, "text/plain", "hello");
}

void check_nothing_is_taken(const http::handler& answer) {
    for (const int pipelined : {1, batch}) {
        const consumption taken = consumed_by(answer, pipelined);
        BOOST_TEST_MESSAGE(pipelined << " at once: " << taken.allocations << " allocations, "
                                     << taken.system_calls << " calls for " << measured);
        if (weir::test::allocations_are_counted()) BOOST_TEST(taken.allocations == 0U);
        // One to send and wait again; a second one where the bytes come in two pieces.
        const int turns = measured / pipelined;
        BOOST_TEST(taken.system_calls <= static_cast<std::uint64_t>(2 * turns + 20));
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_fixed_answer_takes_no_memory, WEIR_LINUX_ONLY) {
    check_nothing_is_taken(say_hello);
}

BOOST_AUTO_TEST_CASE(a_prepared_answer_takes_no_memory, WEIR_LINUX_ONLY) {
    const http::prepared_response hello(http::response(http::status::ok, "text/plain", "hello"));
    check_nothing_is_taken([&hello](http::exchange& exchange) { return exchange.respond(hello); });
}

BOOST_AUTO_TEST_SUITE_END()
