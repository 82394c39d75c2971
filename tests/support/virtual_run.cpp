// SPDX-License-Identifier: Apache-2.0
#include "virtual_run.hpp"

#include "allocation_count.hpp"
#include "complaints.hpp"
#include "fd_count.hpp"
#include "io/receive_buffers.hpp"

#include <weir/coro/task_tree.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace weir::test {

namespace {

/// Beyond this a test does not end; a test of a million tasks takes a few million steps.
constexpr std::size_t max_steps = 50'000'000;
/// Steps of the run queue between two turns of the loop, as a real loop has.
constexpr std::size_t steps_a_turn = 64;
/// Some try again after each error, and shall: an acceptor does. They are stopped then.
constexpr unsigned max_times_broken = 100;

virtual_loop* place_in_use = nullptr;

std::string test_name() { return boost::unit_test::framework::current_test_case().full_name(); }

}  // namespace

virtual_loop* current_place_or_null() noexcept { return place_in_use; }

// --- one run ----------------------------------------------------------------------------------

virtual_run::virtual_run(task<> body, const run_conditions& how, std::uint64_t seed,
                         const disturbance& trouble)
    : place_(seed, how.options), main_(std::move(body)), trouble_(trouble), how_(how) {
    if (how.trouble != nullptr) how.trouble(place_.faults(), seed);
    if (trouble_.fails_request()) {
        place_.faults().fail_request(trouble_.failing_request(), trouble_.error());
    }
}

void virtual_run::run() {
    place_in_use = &place_;
    if (trouble_.stops_before(0)) place_.loop().root().request_stop();
    main_.start(*this, place_.loop().root());
    while (!place_.loop().has_ended(done_)) step();
    place_in_use = nullptr;
    // The loop's own is open until the loop ends.
    descriptors_left_ = place_.host().open_descriptors() - 1;
}

void virtual_run::step() {
    if (trouble_.stops_before(++steps_)) place_.loop().root().request_stop();
    auto& ready = detail::run_queue::current();
    const bool is_single = how_.single_steps || is_disturbed();
    if (is_single && !ready.empty() && steps_ % steps_a_turn != 0) {
        ready.run(1);
    } else {
        place_.loop().turn(true);
    }
    if (place_.take_hang() && !place_.loop().has_ended(done_)) waits_for_ever();
    if (steps_ > max_steps) give_up("it does not end");
}

void virtual_run::waits_for_ever() {
    if (breaks_what_waits()) return;
    if (is_disturbed() || asked_to_end_ || done_) give_up("it waits for ever");
    complain("the test waits for ever:\n" + tree());
    asked_to_end_ = true;
    place_.loop().root().request_stop();
}

bool virtual_run::breaks_what_waits() {
    if (!how_.breaks_what_waits || !trouble_.fails_request() || asked_to_end_) return false;
    if (++times_broken_ <= max_times_broken) return place_.fail_what_waits(ECONNRESET) > 0;
    asked_to_end_ = true;
    place_.loop().root().request_stop();
    return true;
}

std::string virtual_run::tree() {
    return task_tree::capture(place_.loop().root(), place_.loop().now()).to_text();
}

void virtual_run::give_up(const std::string& why) {
    // Frames that wait cannot be destroyed, so nothing after this test could run.
    std::fprintf(stderr, "%s: with %s %s; the tasks are\n%s", test_name().c_str(),
                 trouble_.to_text().c_str(), why.c_str(), tree().c_str());
    std::abort();
}

bool virtual_run::holds_buffers() const noexcept { return !place_.loop().buffers().is_all_free(); }

// --- all runs ---------------------------------------------------------------------------------

std::string body_runs::seed_text(std::uint64_t seed) const {
    return how_.environment.empty() ? "" : "WEIR_SEED=" + std::to_string(seed) + ' ';
}

std::string body_runs::name_of(std::uint64_t seed, const disturbance& trouble) const {
    const auto& program = boost::unit_test::framework::master_test_suite().argv;
    return test_name() + " with " + trouble.to_text() + "; to see it alone:\n" + how_.environment +
           seed_text(seed) + "WEIR_DISTURBANCE=" + trouble.to_option() + ' ' + program[0] +
           " --run_test=" + test_name();
}

void body_runs::run_undisturbed() {
    for (const std::uint64_t seed : how_.seeds) {
        BOOST_TEST_CONTEXT(seed_text(seed)) {
            virtual_run one(body_(), how_, seed, disturbance());
            one.run();
            one.rethrow();
        }
    }
}

void body_runs::run_once(std::uint64_t seed, const disturbance& trouble) {
    const unheard_checks silence(name_of(seed, trouble));
    try {
        virtual_run run(body_(), how_, seed, trouble);
        run.run();
        steps_ = run.steps();
        requests_ = run.requests();
        descriptors_left_ = run.descriptors_left();
        holds_buffers_ = run.holds_buffers();
        run.rethrow();  // what it throws is its own affair
    } catch (...) {
    }
}

bool body_runs::loses_memory_once(std::uint64_t seed, const disturbance& trouble) {
    const memory_state before = memory_state::now();
    run_once(seed, trouble);
    return memory_state::now().has_lost_since(before);
}

bool body_runs::loses_memory(std::uint64_t seed, const disturbance& trouble) {
    if (!loses_memory_once(seed, trouble)) return false;
    // A cache that this way of ending fills is full now; a leak repeats.
    stock_frame_pool();
    return loses_memory_once(seed, trouble);
}

std::string body_runs::what_is_lost(std::uint64_t seed, const disturbance& trouble) {
    const std::size_t descriptors = fd_count();
    if (loses_memory(seed, trouble)) return "a frame or a block";
    if (fd_count() != descriptors || descriptors_left_ != 0) return "a descriptor";
    return holds_buffers_ ? "a receive buffer" : "";
}

void body_runs::run_disturbed() {
    forget_long_free_lists();
    const auto begin = std::chrono::steady_clock::now();
    // Counts, and fills caches and function-local statics before memory is counted.
    run_once(how_.seeds.front(), disturbance());
    stock_frame_pool();
    const auto one_run = std::chrono::steady_clock::now() - begin;
    std::size_t turn = 0;
    const auto all = disturbances(steps_, requests_, one_run, how_.budget);
    BOOST_TEST_MESSAGE(all.size() << " disturbed runs, of " << steps_ << " steps and " << requests_
                                  << " requests");
    for (const disturbance& each : all) {
        const std::uint64_t seed = how_.seeds[turn++ % how_.seeds.size()];
        const std::string lost = what_is_lost(seed, each);
        if (lost.empty()) continue;
        // The disturbances after it would say the same.
        return complain(name_of(seed, each) + "\nleaks " + lost);
    }
}

}  // namespace weir::test
