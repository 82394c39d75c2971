// SPDX-License-Identifier: Apache-2.0
// A cache with files behind it: what one life of a process has loaded, the next one finds.
#include <weir/cache/file_store.hpp>
#include <weir/cache/tiered_cache.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/for_each_concurrent.hpp>

#include <stdlib.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using page_files = weir::file_store<int, std::string>;
using page_cache = weir::tiered_cache<int, std::string, page_files>;

/// Stands for what is dear to ask.
weir::task<weir::result<std::string>> fetch(int page) {
    co_await weir::ok(weir::sleep_for(5ms));
    co_return "page " + std::to_string(page);
}

/// What a process does with a folder that was there before it: the pages that it had to fetch.
weir::task<weir::result<int>> live(const std::string& folder) {
    page_files files{weir::file_store_options(folder)};
    page_cache pages(co_await weir::this_task(), weir::cache_options(1000), files, fetch);
    std::vector<int> wanted(100);
    std::iota(wanted.begin(), wanted.end(), 0);
    const auto read = [&pages](int page) -> weir::task<weir::result<void>> {
        const std::string text = co_await weir::ok(pages.get(page));
        co_return text == "page " + std::to_string(page)
            ? weir::result<void>()
            : weir::fail(std::errc::illegal_byte_sequence);
    };
    const auto outcome = co_await weir::for_each_concurrent(wanted, 10, read);
    co_await pages.close();
    if (!outcome) co_return weir::fail(outcome.error());
    std::printf("%d from files, %d fetched\n", int(pages.statistics().hits),
                int(pages.statistics().misses));
    co_return int(pages.statistics().misses);
}

weir::task<int> live_twice() {
    std::string folder = std::filesystem::temp_directory_path() / "cache_on_disk.XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) co_return 1;
    const auto first = co_await live(folder);
    const auto second = co_await live(folder);
    std::filesystem::remove_all(folder);
    // Two pages may share a place among the files; the second to come has it.
    co_return first&& second && *first == 100 && *second < 10 ? 0 : 1;
}

int main() { return weir::run(live_twice()); }
