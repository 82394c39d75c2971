// SPDX-License-Identifier: Apache-2.0
// Borrowing and giving back: a connection from a pool that has one, a plain object from a pool of
// those; beside a std::vector as a stack, which can neither wait nor notice, malloc and
// boost::object_pool.
#include "cases.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/pool/object_pool.hpp>
#include <weir/pool/pool.hpp>

#if defined(WEIR_BENCH_WITH_BOOST)
#include <boost/pool/object_pool.hpp>
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace benchmark {
namespace {

constexpr int rounds = 500'000;

class connection {
public:
    std::uint64_t used = 0;
};
using connections = weir::pool<std::unique_ptr<connection>>;

weir::task<weir::result<std::unique_ptr<connection>>> open_one() {
    co_return std::make_unique<connection>();
}
weir::task<double> acquire_and_return() {
    connections all(co_await weir::this_task(), open_one, weir::pool_options(5, 20));
    static_cast<void>(co_await all.warm_up(10));
    const stopwatch watch;
    for (int i = 0; i < rounds; ++i) {
        auto lent = co_await all.acquire();
        ++(**lent)->used;
    }
    const double each = watch.each(rounds);
    static_cast<void>(co_await all.drain());
    co_return each;
}
double stack_of_pointers() {
    std::vector<std::unique_ptr<connection>> idle;
    for (int i = 0; i < 10; ++i) idle.push_back(std::make_unique<connection>());
    const stopwatch watch;
    for (int i = 0; i < rounds; ++i) {
        auto lent = std::move(idle.back());
        idle.pop_back();
        ++lent->used;
        keep(lent);
        idle.push_back(std::move(lent));
        keep(idle);
    }
    return watch.each(rounds);
}

class message {
public:
    void clear() noexcept { size = 0; }
    std::array<std::byte, 256> data;
    std::size_t size = 0;
};
double pooled_objects() {
    weir::object_pool<message> all(100);
    const stopwatch watch;
    for (int i = 0; i < rounds; ++i) {
        auto lent = all.try_acquire();
        (*lent)->size = 7;
        keep(**lent);
    }
    return watch.each(rounds);
}
double allocated_objects() {
    const stopwatch watch;
    for (int i = 0; i < rounds; ++i) {
        const std::unique_ptr<message> made(new message);
        made->size = 7;
        keep(*made);
    }
    return watch.each(rounds);
}
#if defined(WEIR_BENCH_WITH_BOOST)
double boost_objects() {
    boost::object_pool<message> all(100);
    const stopwatch watch;
    for (int i = 0; i < rounds; ++i) {
        message* made = all.construct();
        made->size = 7;
        keep(*made);
        all.destroy(made);
    }
    return watch.each(rounds);
}
#endif

}  // namespace

void add_pools(contest& to) {
    to.add("pool: acquire and give back", "weir", in_task(acquire_and_return));
    to.add("pool: acquire and give back", "std", stack_of_pointers);
    to.add("object pool: acquire and give back", "weir", pooled_objects);
    to.add("object pool: acquire and give back", "std", allocated_objects);
#if defined(WEIR_BENCH_WITH_BOOST)
    to.add("object pool: acquire and give back", "boost", boost_objects);
#endif
}

}  // namespace benchmark
