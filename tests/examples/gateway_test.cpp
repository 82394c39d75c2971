// SPDX-License-Identifier: Apache-2.0
// The gateway over simulated connections: what is answered, when readings are written, and that
// none is lost.
#include "gateway.hpp"

#include "../ring/ws/ws_peers.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/ws/connection_error.hpp>

#include <functional>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(gateway_test)

namespace {

using namespace weir::ws::test;
using namespace std::string_literals;
using weir::ws::connection;

std::string data(std::uint8_t sequence) {
    return "\x10\x00"s + static_cast<char>(sequence) + "\xF0\x60\x37\x03\xF5"s;
}

/// What was written, and when.
class book {
public:
    void write(const gateway::readings& batch) {
        sizes.push_back(batch.size());
        for (const reading& each : batch) sequences.push_back(each.sequence);
        last = weir::test::now();
    }
    std::vector<std::size_t> sizes;
    std::vector<unsigned> sequences;
    weir::reactor::time_point last;
};

weir::task<bool> say(connection& device, std::string content) {
    const auto sent = co_await device.send(weir::ws::message_kind::binary, weir::as_bytes(content));
    co_return sent.has_value();
}

/// A device that does what `act` says, then leaves; with it the gateway takes nothing more.
weir::task<> live(connection device, gateway& devices,
                  std::function<weir::task<>(connection&)> act) {
    co_await act(device);
    static_cast<void>(co_await device.close());
    devices.close();
}

weir::task<> serve_and_write(gateway& devices, connection server) {
    auto serving = devices.serve(std::move(server));
    auto writing = devices.write_all();
    static_cast<void>(co_await weir::when_all(std::move(serving), std::move(writing)));
}

/// Lets one device speak to a gateway that writes into `written`.
weir::task<> run_device(book& written, std::function<weir::task<>(connection&)> act) {
    gateway devices([&written](const gateway::readings& batch) { written.write(batch); });
    auto ends = co_await connected();
    auto serving = serve_and_write(devices, std::move(ends.server));
    auto living = live(std::move(ends.client), devices, std::move(act));
    co_await together(std::move(serving), std::move(living));
}

}  // namespace

RING_TEST(a_lone_reading_waits_no_longer_than_50_ms) {
    book written;
    const auto act = [&written](connection& device) -> weir::task<> {
        const auto begin = weir::test::now();
        const bool said = co_await say(device, data(3));
        if (!said) co_return;
        static_cast<void>(co_await weir::sleep_for(500ms));
        BOOST_TEST(written.sizes.size() == 1U);
        BOOST_TEST((written.last - begin >= 50ms));
        // Only where time is virtual nothing else can hold it up.
        if (weir::test::is_simulated()) BOOST_TEST((written.last - begin < 60ms));
    };
    co_await run_device(written, act);
}

RING_TEST(readings_are_written_by_the_hundred_and_the_rest_at_the_end) {
    book written;
    const auto act = [](connection& device) -> weir::task<> {
        for (unsigned i = 0; i < 250; ++i) {
            const bool said = co_await say(device, data(static_cast<std::uint8_t>(i)));
            if (!said) co_return;
        }
    };
    co_await run_device(written, act);
    BOOST_TEST(written.sizes == (std::vector<std::size_t>{100, 100, 50}),
               boost::test_tools::per_element());
    for (unsigned i = 0; i < written.sequences.size(); ++i) BOOST_TEST(written.sequences[i] == i);
}

RING_TEST(pings_are_answered_in_order_and_text_is_refused) {
    book written;
    const auto act = [](connection& device) -> weir::task<> {
        for (const std::string& ping : {"\x01\x00\x07"s, "\x55zzz"s, "\x01\x01\x00"s}) {
            const bool said = co_await say(device, ping);
            if (!said) co_return;
        }
        for (const std::string& expected : {"\x02\x00\x07"s, "\x02\x01\x00"s}) {
            const auto pong = co_await device.receive();
            if (!pong) co_return;
            BOOST_TEST(pong->text() == expected);
        }
        static_cast<void>(co_await device.send_text("hello"));
        const auto end = co_await device.receive();
        BOOST_TEST((error_of(end) == weir::ws::connection_errc::closed));
        BOOST_TEST((device.close_code_received() == weir::ws::close_code::unsupported_data));
    };
    co_await run_device(written, act);
    BOOST_TEST(written.sizes.empty());
}

BOOST_AUTO_TEST_SUITE_END()
