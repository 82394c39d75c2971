// SPDX-License-Identifier: Apache-2.0
#include "co_test.hpp"

#include "allocation_count.hpp"
#include "fd_count.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/detail/branch.hpp>
#include <weir/coro/task_tree.hpp>

#include <algorithm>
#include <cerrno>
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
std::size_t failures = 0;          // of the test that runs
std::size_t descriptors_left = 0;  // on the simulated host, after a run
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

/// What goes wrong in a run of a test's body: nothing, a stop of everything before a step, or a
/// request that the kernel answers with an error.
class disturbance {
public:
    disturbance() noexcept = default;
    [[nodiscard]] static disturbance stop_before(std::size_t step) noexcept {
        disturbance made;
        made.stop_at = step;
        return made;
    }
    [[nodiscard]] static disturbance failure_of(std::size_t request, int error) noexcept {
        disturbance made;
        made.failing_request = request;
        made.error = error;
        return made;
    }
    [[nodiscard]] std::string to_text() const {
        if (failing_request == 0) return "a stop before step " + std::to_string(stop_at);
        return "request " + std::to_string(failing_request) + " failing with errno " +
               std::to_string(error);
    }

    std::size_t stop_at = never;
    std::size_t failing_request = 0;
    int error = 0;
};

/// One run of a test's body.
class co_test_run final : private detail::branch_owner {
public:
    explicit co_test_run(task<> body, const disturbance& how) : main_(std::move(body)), how_(how) {
        if (how_.failing_request > 0) {
            place_.faults().fail_request(how_.failing_request, how_.error);
        }
    }

    /// @return the steps it took.
    std::size_t run() {
        place_in_use = &place_;
        if (how_.stop_at == 0) place_.loop().root().request_stop();
        main_.start(*this, place_.loop().root());
        while (!place_.loop().has_ended(done_)) step();
        place_in_use = nullptr;
        // The loop's own is open until the loop ends.
        descriptors_left = place_.host().open_descriptors() - 1;
        return steps_;
    }
    void rethrow() { main_.take(); }
    [[nodiscard]] std::size_t requests() { return place_.faults().requests(); }

private:
    void step() {
        if (++steps_ == how_.stop_at) place_.loop().root().request_stop();
        auto& ready = detail::run_queue::current();
        if (!ready.empty() && steps_ % steps_a_turn != 0) {
            ready.run(1);
        } else {
            place_.loop().turn(true);
        }
        if (place_.take_hang() && !place_.loop().has_ended(done_)) report_hang();
        if (steps_ > max_steps) give_up("it does not end", place_.loop());
    }
    void report_hang() {
        if (disturbed || asked_to_end_ || done_) {
            give_up("after " + how_.to_text() + " it waits for ever", place_.loop());
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
    disturbance how_;
    std::size_t steps_ = 0;
    bool done_ = false;
    bool asked_to_end_ = false;
};

/// Runs `body` with `how`; what it throws then is its own affair.
void run_disturbed(task<> (*body)(), const disturbance& how) {
    disturbed = true;
    try {
        co_test_run run(body(), how);
        run.run();
        run.rethrow();
    } catch (...) {
    }
    disturbed = false;
}

bool loses_memory_once(task<> (*body)(), const disturbance& how) {
    const memory_state before = memory_state::now();
    run_disturbed(body, how);
    return memory_state::now().has_lost_since(before);
}
bool loses_memory(task<> (*body)(), const disturbance& how) {
    if (!loses_memory_once(body, how)) return false;
    // A cache that this way of ending fills is full now; a leak repeats.
    stock_frame_pool();
    return loses_memory_once(body, how);
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

/// A stop before each step, and each request failing in turn.
std::vector<disturbance> disturbances(std::size_t steps, std::size_t requests,
                                      std::chrono::nanoseconds one_run) {
    std::vector<disturbance> all;
    for (const std::size_t place : steps_to_stop_at(steps, one_run)) {
        all.push_back(disturbance::stop_before(place));
    }
    if (requests == 0) return all;
    for (const std::size_t place : steps_to_stop_at(requests - 1, one_run)) {
        for (const int error : {ECONNRESET, ENOMEM}) {
            all.push_back(disturbance::failure_of(place + 1, error));
        }
    }
    return all;
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
    std::size_t requests = 0;
    failures = 0;
    forget_long_free_lists();
    {
        co_test_run run(body(), disturbance());
        steps = run.run();
        requests = run.requests();
        run.rethrow();
    }
    if (failures != 0) return;
    const auto begin = std::chrono::steady_clock::now();
    run_disturbed(body,
                  disturbance());  // fills caches and function-local statics before the counting
    stock_frame_pool();
    const auto one_run = std::chrono::steady_clock::now() - begin;
    for (const disturbance& how : disturbances(steps, requests, one_run)) {
        const std::size_t descriptors = fd_count();
        if (loses_memory(body, how)) complain(how.to_text() + " leaks a frame or a block");
        if (fd_count() != descriptors || descriptors_left != 0) {
            complain(how.to_text() + " leaks a descriptor");
        }
        if (failures != 0) return;  // the places after it would say the same
    }
}

}  // namespace weir::test
