// SPDX-License-Identifier: Apache-2.0
// shard_set: SIGTERM in the middle of everything ends the program in order, every time.
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/file.hpp>
#include <weir/io/offload.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/signal.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>

#include "child_process.hpp"
#include "fd_count.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <random>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(shard_set_test)

namespace {

weir::task<weir::result<void>> work_until_stopped(std::string path, weir::offload_pool& pool) {
    weir::shard& here = weir::this_shard();
    weir::file file = co_await weir::ok(weir::file::open(path, weir::open_mode::replace));
    const std::array<std::byte, 4096> block{};
    while (true) {
        auto call = here.sibling((here.index() + 1) % here.count()).run([] { return 1; });
        co_await weir::ok(call);
        co_await weir::ok(file.write_all_at(0, block));
        auto job = weir::offload_to(pool, [] { return 2; });
        co_await weir::ok(job);
        co_await weir::ok(weir::sleep_for(100us));
    }
}

weir::task<weir::result<void>> load(weir::shard& here, const std::string& folder,
                                    weir::offload_pool& pool) {
    weir::task_group group(co_await weir::this_task(), 16);
    for (int i = 0; i < 8; ++i) {
        const std::string path = folder + std::to_string(here.index()) + std::to_string(i);
        auto started = group.spawn(&work_until_stopped, path, std::ref(pool));
        static_cast<void>(co_await started);
    }
    co_return co_await group.join();
}

const weir::test::child_program serve_until_sigterm(
    "serve_until_sigterm", [](const std::string& folder) {
        const std::size_t before = weir::test::fd_count();
        {
            weir::signal_set signals(SIGTERM);
            weir::offload_pool pool;
            weir::runtime_options options;
            options.shards = 2;
            options.stall_threshold = 0ns;
            weir::runtime runtime(options);
            auto stop_at_signal = [&]() -> weir::task<> {
                static_cast<void>(!::write(STDERR_FILENO, "ready\n", 6));
                const weir::result<int> signal = co_await signals.next();
                if (signal) runtime.request_stop();
            };
            auto main = [&](weir::shard& here) -> weir::task<weir::result<void>> {
                if (here.index() != 0) co_return co_await load(here, folder, pool);
                auto both = weir::when_all(load(here, folder, pool), stop_at_signal());
                auto outcome = co_await both;
                co_return std::get<0>(outcome);
            };
            if (!runtime.run(main)) return 2;
        }
        return weir::test::fd_count() == before ? 0 : 3;
    });

}  // namespace

BOOST_AUTO_TEST_CASE(sigterm_under_load_ends_in_order_a_hundred_times) {
    const weir::test::temporary_folder folder;
    std::minstd_rand random(20);
    for (int i = 0; i < 100; ++i) {
        weir::test::child_process child(serve_until_sigterm, folder / "");
        BOOST_REQUIRE(child.read_until("ready"));
        const timespec pause{0, static_cast<long>(random() % 3'000'000)};
        ::nanosleep(&pause, nullptr);  // any moment of the work, not a wait for something
        child.signal(SIGTERM);
        const int status = child.wait();
        BOOST_REQUIRE_MESSAGE(status == 0, "round " << i << ": " << status << child.output());
    }
}

BOOST_AUTO_TEST_CASE(a_hundred_runtimes_leak_no_descriptor) {
    const std::size_t before = weir::test::fd_count();
    for (int i = 0; i < 100; ++i) {
        weir::runtime_options options;
        options.shards = 3;
        options.reactor.sq_entries = 64;
        options.reactor.cq_entries = 128;
        weir::runtime runtime(options);
        auto main = [](weir::shard&) -> weir::task<> { co_return; };
        BOOST_REQUIRE(runtime.run(main).has_value());
    }
    BOOST_TEST(weir::test::fd_count() == before);
}

BOOST_AUTO_TEST_SUITE_END()
