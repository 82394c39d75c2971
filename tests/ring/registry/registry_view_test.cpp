// SPDX-License-Identifier: Apache-2.0
// registry_view: another shard sees whole batches, never an older state again, and in the end all.
#include <weir/registry/registry_view.hpp>

#include <weir/coro/this_task.hpp>
#include <weir/io/runtime.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <optional>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(registry_view_test)

namespace {

using tools = weir::registry<std::string, int>;
using tools_view = weir::registry_view<std::string, int>;

weir::runtime_options two_shards() {
    weir::runtime_options options;
    options.shards = 2;
    options.stall_threshold = 0ns;
    options.reactor.sq_entries = 256;
    options.reactor.cq_entries = 1024;
    return options;
}

constexpr int batches = 2000;

/// Keys 0 ... 9 always have the number of the batch, and one more key comes with each and leaves
/// with the next.
weir::task<> write_all(tools& to) {
    for (int i = 1; i <= batches; ++i) {
        tools::batch batch;
        for (int key = 0; key < 10; ++key) batch.put(std::to_string(key), i);
        batch.put("at " + std::to_string(i), i).erase("at " + std::to_string(i - 1));
        to.apply(std::move(batch));
        static_cast<void>(co_await weir::yield());
    }
}
/// The number that all keys have; nothing = they differ.
std::optional<int> number_in(const tools_view& view) {
    const int* first = view.find("0");
    if (first == nullptr) return 0;
    for (int key = 1; key < 10; ++key) {
        const int* other = view.find(std::to_string(key));
        if (other == nullptr || *other != *first) return std::nullopt;
    }
    const int* extra = view.find("at " + std::to_string(*first));
    if (view.size() != 11 || extra == nullptr || *extra != *first) return std::nullopt;
    return *first;
}

}  // namespace

BOOST_AUTO_TEST_CASE(another_shard_sees_whole_batches_and_in_the_end_the_last) {
    weir::runtime runtime(two_shards());
    tools known;
    bool is_whole = true;
    int last = 0;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() == 0) {
            co_await write_all(known);
            co_return;
        }
        tools_view view(known, here.sibling(0));
        while (last < batches) {
            const auto refreshed = co_await view.refresh();
            const std::optional<int> seen = number_in(view);
            is_whole = is_whole && refreshed && seen.has_value() && *seen >= last;
            if (!is_whole) co_return;
            last = *seen;
            static_cast<void>(co_await weir::yield());
        }
        is_whole = is_whole && view.is_current();
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(is_whole);
    BOOST_TEST(last == batches);
    BOOST_TEST(known.generation() == static_cast<std::uint64_t>(batches));
}

BOOST_AUTO_TEST_CASE(a_view_is_as_it_was_until_it_is_refreshed) {
    weir::runtime runtime(two_shards());
    tools known;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 1) co_return;
        tools_view view(known, here.sibling(0));
        auto put = here.sibling(0).run([&] { known.put("a", 1); });
        static_cast<void>(co_await put);
        const bool is_old = view.find("a") == nullptr && !view.is_current();
        static_cast<void>(co_await view.refresh());
        const bool is_new = view.find("a") != nullptr && view.is_current();
        const auto kept = view.snapshot();
        auto erase = here.sibling(0).run([&] { known.erase("a"); });
        static_cast<void>(co_await erase);
        static_cast<void>(co_await view.refresh());
        const bool is_gone = view.find("a") == nullptr && kept.contains("a");
        BOOST_TEST((is_old && is_new && is_gone));
    };
    BOOST_TEST(runtime.run(main).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
