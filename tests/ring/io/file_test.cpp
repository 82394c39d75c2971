// SPDX-License-Identifier: Apache-2.0
// file: transfers at offsets, errors as values, no descriptor lost to a stop, few kernel threads.
#include <weir/coro/ok.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/file.hpp>
#include <weir/io/run.hpp>
#include <weir/sync/task_group.hpp>

#include "fd_count.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(file_test)

namespace {

using weir::open_mode;
using weir::test::temporary_folder;

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::size_t threads_of_this_process() {
    const auto tasks = std::filesystem::directory_iterator("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
    const temporary_folder folder;
    auto main = [&]() -> weir::task<weir::result<void>> {
        weir::file file = co_await weir::ok(weir::file::open(folder / "a", open_mode::replace));
        co_await weir::ok(file.write_all_at(0, weir::as_bytes("hello, ")));
        co_await weir::ok(file.write_all_at(7, weir::as_bytes("world")));
        co_await weir::ok(file.sync_data());
        co_await weir::ok(file.sync());
        const std::uint64_t size = co_await weir::ok(file.size());
        BOOST_TEST(size == 12U);
        std::array<std::byte, 32> buffer;
        const std::size_t all = co_await weir::ok(file.read_exactly_at(0, buffer));
        BOOST_TEST(weir::as_text(weir::bytes(buffer).first(all)) == "hello, world");
        const std::size_t end = co_await weir::ok(file.read_some_at(12, buffer));
        BOOST_TEST(end == 0U);
        co_await weir::ok(file.close());
        BOOST_TEST(!file.is_open());
        co_return weir::result<void>();
    };
    BOOST_TEST(weir::run(main()).has_value());
    BOOST_TEST(text_of(folder / "a") == "hello, world");
}

BOOST_AUTO_TEST_CASE(modes_refuse_what_they_should) {
    const temporary_folder folder;
    auto main = [&]() -> weir::task<> {
        const auto missing = co_await weir::file::open(folder / "none", open_mode::read);
        BOOST_TEST((missing.error() == std::errc::no_such_file_or_directory));
        const auto update = co_await weir::file::open(folder / "none", open_mode::update);
        BOOST_TEST((update.error() == std::errc::no_such_file_or_directory));
        auto first = co_await weir::file::open(folder / "new", open_mode::create_new);
        BOOST_TEST(first.has_value());
        const auto second = co_await weir::file::open(folder / "new", open_mode::create_new);
        BOOST_TEST((second.error() == std::errc::file_exists));
        const auto written = co_await first->write_all_at(0, weir::as_bytes("x"));
        BOOST_TEST(written.has_value());
        auto reader = co_await weir::file::open(folder / "new", open_mode::read);
        const auto refused = co_await reader->write_some_at(0, weir::as_bytes("y"));
        BOOST_TEST((refused.error() == std::errc::bad_file_descriptor));
        auto replaced = co_await weir::file::open(folder / "new", open_mode::replace);
        const auto size = co_await replaced->size();
        BOOST_TEST(*size == 0U);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(a_stopped_task_opens_nothing_and_closes_what_it_has) {
    const temporary_folder folder;
    const std::size_t before = weir::test::fd_count();
    auto main = [&]() -> weir::task<> {
        auto opened = co_await weir::file::open(folder / "a", open_mode::replace);
        auto self = co_await weir::this_task();
        self.ambient().request_stop();
        const auto second = co_await weir::file::open(folder / "b", open_mode::replace);
        BOOST_TEST((second.error() == std::errc::operation_canceled));
        const auto closed = co_await opened->close();
        BOOST_TEST((closed.error() == std::errc::operation_canceled));
    };
    weir::run(main());
    BOOST_TEST(weir::test::fd_count() == before);
    BOOST_TEST(!std::filesystem::exists(folder / "b"));
}

BOOST_AUTO_TEST_CASE(a_stop_that_races_with_an_open_leaks_no_descriptor) {
    const temporary_folder folder;
    const std::size_t before = weir::test::fd_count();
    int opened = 0;
    int stopped = 0;
    std::ofstream(folder / "a") << "there";
    auto main = [&]() -> weir::task<> {
        for (int i = 0; i < 500; ++i) {
            weir::stop_source stop;
            auto stopper = [&stop](int yields) -> weir::task<> {
                for (; yields > 0; --yields) static_cast<void>(co_await weir::yield());
                stop.request_stop();
            };
            // The one is opened within the call, the other by a thread of the kernel.
            const open_mode mode = i % 2 == 0 ? open_mode::read : open_mode::replace;
            auto work = weir::with_stop(stop, weir::file::open(folder / "a", mode));
            auto both = weir::when_all(work, stopper(i % 11));
            const auto outcome = co_await both;
            ++(std::get<0>(outcome) ? opened : stopped);
        }
    };
    weir::run(main());
    BOOST_TEST(opened > 0);
    BOOST_TEST(stopped > 0);
    BOOST_TEST(weir::test::fd_count() == before);
}

BOOST_AUTO_TEST_CASE(too_many_open_files_is_an_error_value_and_all_are_closed) {
    const temporary_folder folder;
    const std::size_t before = weir::test::fd_count();
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    std::error_code error;
    auto main = [&]() -> weir::task<> {
        std::vector<weir::file> files;
        const rlimit low{static_cast<rlim_t>(before + 16), limit.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &low);
        for (int i = 0; i < 64 && !error; ++i) {
            auto opened = co_await weir::file::open(folder / "a", open_mode::replace);
            if (opened) files.push_back(std::move(*opened));
            if (!opened) error = opened.error();
        }
        ::setrlimit(RLIMIT_NOFILE, &limit);
    };
    weir::run(main());
    BOOST_TEST((error == std::errc::too_many_files_open));
    BOOST_TEST(weir::test::fd_count() == before);
}

BOOST_AUTO_TEST_CASE(a_hundred_files_in_flight_make_no_storm_of_kernel_threads) {
    const temporary_folder folder;
    std::size_t most = 0;
    auto main = [&]() -> weir::task<> {
        auto child = [&](int number) -> weir::task<weir::result<void>> {
            const std::string name = "file" + std::to_string(number);
            weir::file file =
                co_await weir::ok(weir::file::open(folder / name, open_mode::replace));
            const std::string text(64 * 1024, static_cast<char>('a' + number % 26));
            for (std::uint64_t i = 0; i < 4; ++i) {
                co_await weir::ok(file.write_all_at(i * text.size(), weir::as_bytes(text)));
            }
            co_await weir::ok(file.sync());
            most = std::max(most, threads_of_this_process());
            const std::uint64_t size = co_await weir::ok(file.size());
            if (size != 4 * text.size()) co_return weir::fail(std::errc::io_error);
            co_return co_await file.close();
        };
        weir::task_group group(co_await weir::this_task(), 100);
        for (int i = 0; i < 100; ++i) {
            auto started = group.spawn(child, i);
            static_cast<void>(co_await started);
        }
        const weir::result<void> joined = co_await group.join();
        BOOST_TEST(joined.has_value());
    };
    const std::size_t others = threads_of_this_process();
    weir::run(main());
    BOOST_TEST_MESSAGE("threads: " << most << ", " << others << " of them not the kernel's");
    BOOST_TEST(most <= others + 10);
}

BOOST_AUTO_TEST_CASE(overlapping_transfers_of_one_file_are_byte_exact) {
    const temporary_folder folder;
    constexpr std::size_t block = 4096;
    constexpr unsigned blocks = 256;
    auto main = [&]() -> weir::task<weir::result<void>> {
        weir::file file = co_await weir::ok(weir::file::open(folder / "a", open_mode::replace));
        auto child = [&](unsigned number) -> weir::task<weir::result<void>> {
            const std::vector<std::byte> out(block, static_cast<std::byte>(number));
            co_await weir::ok(file.write_all_at(number * block, out));
            std::vector<std::byte> in(block);
            co_await weir::ok(file.read_exactly_at(number * block, in));
            if (in != out) co_return weir::fail(std::errc::io_error);
            co_return weir::result<void>();
        };
        weir::task_group group(co_await weir::this_task(), 64);
        for (unsigned i = 0; i < blocks; ++i) {
            auto started = group.spawn(child, i);
            static_cast<void>(co_await started);
        }
        const weir::result<void> joined = co_await group.join();
        if (!joined) co_return joined;
        const std::uint64_t size = co_await weir::ok(file.size());
        BOOST_TEST(size == block * blocks);
        co_return co_await file.close();
    };
    BOOST_TEST(weir::run(main()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
