// SPDX-License-Identifier: Apache-2.0
// A service whose work takes time: so many calls at once, each some processor time and a wait, as
// for a database. More calls wait inside of it, as in the queues of any real one. In front of it
// stands a guard, or none.
//
//   guarded_server none|shedder|adaptive PLACES WAIT_US CPU_US
#include "wire.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/resilience/adaptive_limit.hpp>
#include <weir/resilience/load_shedder.hpp>
#include <weir/sync/semaphore.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <utility>

namespace {

using namespace overload;
constexpr std::size_t max_connections = 1000;
constexpr std::size_t max_calls = 1'000'000;  // on a connection: whatever comes, for the worst case

/// The work itself.
class service {
public:
    explicit service(std::size_t places, std::chrono::microseconds wait,
                     std::chrono::microseconds cpu)
        : places_(places), wait_(wait), cpu_(cpu) {}

    weir::task<weir::result<void>> call() {
        const auto place = co_await places_.acquire();
        if (!place) co_return weir::fail(place.error());
        const auto busy_until = std::chrono::steady_clock::now() + cpu_;
        while (std::chrono::steady_clock::now() < busy_until) {
        }
        co_return co_await weir::sleep_for(wait_);
    }

private:
    weir::semaphore places_;
    std::chrono::microseconds wait_;
    std::chrono::microseconds cpu_;
};

/// Nothing between the callers and the service.
class no_guard {
public:
    template <class F>
    auto call(F work) {
        return work();
    }
};

template <class Guard>
class server {
public:
    explicit server(service& backend, Guard& guard) : backend_(backend), guard_(guard) {}

    weir::task<weir::result<void>> serve() {
        auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(weir::net::endpoint::loopback(0)));
        std::printf("listening on %s\n", acceptor.local_endpoint().to_string().c_str());
        std::fflush(stdout);
        weir::task_group connections(co_await weir::this_task(), max_connections);
        const auto talk = [this](weir::net::tcp_socket socket) {
            return talk_to(std::move(socket));
        };
        while (auto socket = co_await acceptor.accept()) {
            auto started = connections.spawn(talk, std::move(*socket));
            if (!co_await started) break;
        }
        co_return co_await connections.join();
    }

private:
    weir::task<> talk_to(weir::net::tcp_socket socket) {
        weir::task_group calls(co_await weir::this_task(), max_calls);
        const auto answer = [this, &socket](number index) { return answer_to(socket, index); };
        while (const auto index = co_await receive(socket)) {
            if (!calls.try_spawn(answer, *index)) break;
        }
        calls.request_stop();
        static_cast<void>(co_await calls.join());
    }
    weir::task<> answer_to(weir::net::tcp_socket& socket, number index) {
        const auto work = [this] { return backend_.call(); };
        const auto outcome = co_await guard_.call(work);
        static_cast<void>(co_await send(socket, outcome ? index : index | refused));
    }

    service& backend_;
    Guard& guard_;
};

template <class Guard>
int run_behind(Guard& guard, service& backend) {
    server<Guard> all(backend, guard);
    return weir::run(all.serve()) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view guard = argc == 5 ? argv[1] : "";
    const auto number_at = [argv](int at) { return std::atoi(argv[at]); };
    if (guard.empty() || number_at(2) < 1) {
        std::fprintf(stderr, "guarded_server none|shedder|adaptive PLACES WAIT_US CPU_US\n");
        return 2;
    }
    const auto places = static_cast<std::size_t>(number_at(2));
    service backend(places, std::chrono::microseconds(number_at(3)),
                    std::chrono::microseconds(number_at(4)));
    if (guard == "shedder") {
        weir::resilience::load_shedder shedder{weir::resilience::shedder_options(places)};
        return run_behind(shedder, backend);
    }
    if (guard == "adaptive") {
        weir::resilience::adaptive_limit limit;
        return run_behind(limit, backend);
    }
    no_guard none;
    return run_behind(none, backend);
}
