// SPDX-License-Identifier: Apache-2.0
// RING_TEST: a Boost.Test case whose body is a coroutine on a real reactor, or on the simulated one
// (simulation.hpp); and what such bodies do with plain streams.
#pragma once

#include "streams.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/io/timeout.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace weir::test {

/// Everything that comes until `size` bytes are there or the stream ends.
inline task<std::string> read_until(net::stream_socket& from, std::size_t size) {
    std::string all;
    while (all.size() < size) {
        const auto chunk = co_await from.receive();
        if (!chunk || chunk->empty()) break;
        all += as_text(chunk->data());
    }
    co_return all;
}
inline task<std::string> read_to_end(net::stream_socket& from) {
    co_return co_await read_until(from, SIZE_MAX);
}

/// Runs tasks at once until all have ended; what they give is theirs to check.
template <class... Tasks>
task<> together(Tasks... tasks) {
    static_cast<void>(co_await when_all(std::move(tasks)...));
}

/// Runs one test body on a fresh reactor; a body that hangs is stopped and fails. Over the
/// simulated kernel a hang shows without a time limit.
template <class Body>
void run_limited(Body&& body) {
    if (weir::test::is_simulated())
        return weir::test::run_simulated([&] { return task<>(body()); });
    auto main = [](task<> inner) -> task<> {
        const auto ended = co_await with_timeout(std::chrono::seconds(60), std::move(inner));
        BOOST_TEST(ended.has_value(), "the test waits for ever");
    };
    run(main(body()));
}

}  // namespace weir::test

/// A Boost.Test case whose body is a coroutine on a real reactor.
#define RING_TEST(name)                                                    \
    static ::weir::task<> name##_body();                                   \
    BOOST_AUTO_TEST_CASE(name) { ::weir::test::run_limited(name##_body); } \
    static ::weir::task<> name##_body()
