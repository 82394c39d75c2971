// SPDX-License-Identifier: Apache-2.0
// One publisher, N WebSocket connections in one room: a message is encoded once and shared. The
// next one is published when the kernel has taken the last from every connection.
#include "subscribers.hpp"

#include <weir/coro/wait_point.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/run.hpp>
#include <weir/pubsub/rooms.hpp>
#include <weir/ws/connection.hpp>

#include <coroutine>
#include <memory>
#include <string>

namespace {

using news_rooms = weir::pubsub::rooms<weir::ws::prepared_message>;

class subscriber final : public weir::pubsub::member<weir::ws::prepared_message> {
public:
    explicit subscriber(int fd, news_rooms& rooms)
        : connection_(weir::net::stream_socket(fd), weir::ws::role::server,
                      weir::ws::connection_options::defaults()),
          place_(rooms.subscribe(*this, "news")) {}

    [[nodiscard]] std::size_t queued_bytes() const noexcept override {
        return connection_.queued_bytes();
    }
    void deliver(const weir::ws::prepared_message& message) override {
        static_cast<void>(connection_.try_send(message));
    }
    void fall_behind() noexcept override {}

private:
    weir::ws::connection connection_;
    news_rooms::subscription place_;
};

/// Waits until what this turn of the loop has queued was handed to the kernel.
class turn_over final : public weir::wait_point, private weir::turn_end_hook {
public:
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    void await_suspend(std::coroutine_handle<P> self) noexcept {
        suspend(self.promise());
        weir::reactor::current().at_turn_end(*this);
    }
    void await_resume() const noexcept {}
    void request_stop() noexcept override {}
    void describe(std::string& out) const override { out += "end of turn"; }

private:
    void turn_ends() noexcept override { wake(); }
};

weir::task<> publish(const std::vector<int>& ends, const fanout::arguments& wanted) {
    news_rooms rooms(1);
    std::vector<std::unique_ptr<subscriber>> all;
    for (const int fd : ends) all.push_back(std::make_unique<subscriber>(fd, rooms));
    const std::string text(wanted.bytes, 'x');
    std::uint64_t publishes = 0;
    const fanout::measurement measuring(wanted.seconds);
    while (!measuring.is_over()) {
        const weir::ws::prepared_message news(weir::ws::message_kind::text, weir::as_bytes(text));
        static_cast<void>(rooms.publish("news", news));
        for (const auto& each : all) {
            while (each->queued_bytes() != 0) co_await turn_over();
        }
        ++publishes;
    }
    measuring.print(publishes, all.size());
}

}  // namespace

int main(int argc, char** argv) {
    const fanout::arguments wanted(argc, argv);
    const fanout::subscribers all(wanted.subscribers);
    weir::run(publish(all.ends(), wanted));
}
