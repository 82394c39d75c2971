// SPDX-License-Identifier: Apache-2.0
#include "co_test.hpp"

#include "allocation_count.hpp"
#include "fd_count.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/detail/branch.hpp>
#include <weir/coro/task_tree.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace weir::test {

void complain(const std::string& text);

namespace {

constexpr std::size_t never = static_cast<std::size_t>(-1);
/// Beyond this a test does not end; a test of a million tasks takes a few million steps.
constexpr std::size_t max_steps = 50'000'000;
/// All disturbed runs of one test together; heavy tests are stopped at fewer of their steps.
constexpr std::chrono::milliseconds max_disturbed_time{150};
constexpr std::size_t max_disturbed_runs = 200;
/// Steps of the run queue between two turns of the loop, as a real loop has.
constexpr std::size_t steps_a_turn = 64;

bool disturbed = false;
std::size_t failures = 0;  // of the test that runs
virtual_loop* place_in_use = nullptr;
caught_complaints* catcher = nullptr;

[[noreturn]] void give_up(const std::string& why, reactor& loop) {
    // Frames that wait cannot be destroyed, so nothing after this test could run.
    const std::string tree = task_tree::capture(loop.root(), loop.now()).to_text();
    std::fprintf(stderr, "%s: %s; the tasks are\n%s",
                 boost::unit_test::framework::current_test_case().full_name().c_str(), why.c_str(),
                 tree.c_str());
    std::abort();
}

/// One run of a test's body, with a stop of everything before step `stop_at`.
class co_test_run final : private detail::branch_owner {
public:
    explicit co_test_run(task<> body, std::size_t stop_at)
        : main_(std::move(body)), stop_at_(stop_at) {}

    /// @return the steps it took.
    std::size_t run() {
        place_in_use = &place_;
        if (stop_at_ == 0) place_.loop().root().request_stop();
        main_.start(*this, place_.loop().root());
        while (!done_) step();
        place_in_use = nullptr;
        return steps_;
    }
    void rethrow() { main_.take(); }

private:
    void step() {
        if (++steps_ == stop_at_) place_.loop().root().request_stop();
        auto& ready = detail::run_queue::current();
        if (!ready.empty() && steps_ % steps_a_turn != 0) {
            ready.run(1);
        } else {
            place_.loop().turn(true);
        }
        if (place_.take_hang() && !done_) report_hang();
        if (steps_ > max_steps) give_up("it does not end", place_.loop());
    }
    void report_hang() {
        if (disturbed || asked_to_end_) {
            give_up("after a stop before step " + std::to_string(stop_at_) + " it waits for ever",
                    place_.loop());
        }
        const task_tree tree = task_tree::capture(place_.loop().root(), place_.loop().now());
        complain("the test waits for ever:\n" + tree.to_text());
        asked_to_end_ = true;
        place_.loop().root().request_stop();
    }

    void branch_finished(detail::scope_root&) noexcept override { done_ = true; }
    [[nodiscard]] detail::promise_base* starter() const noexcept override { return nullptr; }

    virtual_loop place_;
    detail::branch<task<>> main_;
    std::size_t stop_at_;
    std::size_t steps_ = 0;
    bool done_ = false;
    bool asked_to_end_ = false;
};

/// Runs `body` with a stop before step `stop_at`; what it throws then is its own affair.
void run_disturbed(task<> (*body)(), std::size_t stop_at) {
    disturbed = true;
    try {
        co_test_run run(body(), stop_at);
        run.run();
        run.rethrow();
    } catch (...) {
    }
    disturbed = false;
}

bool loses_memory_once(task<> (*body)(), std::size_t stop_at) {
    const memory_state before = memory_state::now();
    run_disturbed(body, stop_at);
    return memory_state::now().has_lost_since(before);
}
bool loses_memory(task<> (*body)(), std::size_t stop_at) {
    if (!loses_memory_once(body, stop_at)) return false;
    run_disturbed(body, never);
    stock_frame_pool();
    return loses_memory_once(body, stop_at);
}

/// Evenly spread, all of them if they are few and quick.
std::vector<std::size_t> steps_to_stop_at(std::size_t steps, std::chrono::nanoseconds one_run) {
    const auto affordable = static_cast<std::size_t>(max_disturbed_time / one_run);
    const std::size_t runs =
        std::min({steps + 1, std::max<std::size_t>(2, affordable), max_disturbed_runs});
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < runs; ++i) places.push_back(i * (steps + 1) / runs);
    return places;
}

}  // namespace

virtual_loop& current_place() noexcept { return *place_in_use; }
bool is_disturbed() noexcept { return disturbed; }

caught_complaints::caught_complaints() noexcept { catcher = this; }
caught_complaints::~caught_complaints() { catcher = nullptr; }

void complain(const std::string& text) {
    ++failures;
    if (catcher != nullptr) {
        catcher->all_.push_back(text);
    } else {
        BOOST_ERROR(text);
    }
}

bool check(bool held, std::string_view text, const char* file, std::size_t line) {
    if (disturbed) return held;
    if (held) {
        BOOST_CHECK(held);  // counts the assertion
    } else {
        complain(std::string(file) + ":" + std::to_string(line) + ": " + std::string(text));
    }
    return held;
}

void run_co_test(task<> (*body)()) {
    std::size_t steps = 0;
    failures = 0;
    forget_long_free_lists();
    {
        co_test_run run(body(), never);
        steps = run.run();
        run.rethrow();
    }
    if (failures != 0) return;
    const auto begin = std::chrono::steady_clock::now();
    run_disturbed(body, never);  // fills caches and function-local statics before the counting
    stock_frame_pool();
    const auto one_run = std::chrono::steady_clock::now() - begin;
    for (const std::size_t place : steps_to_stop_at(steps, one_run)) {
        const std::size_t descriptors = fd_count();
        const std::string where =
            "a stop before step " + std::to_string(place) + " of " + std::to_string(steps);
        if (loses_memory(body, place)) complain(where + " leaks a frame or a block");
        if (fd_count() != descriptors) complain(where + " leaks a descriptor");
        if (failures != 0) return;  // the places after it would say the same
    }
}

}  // namespace weir::test
