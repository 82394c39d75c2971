// SPDX-License-Identifier: Apache-2.0
// virtual_run: one run of a test's body on a virtual_loop, and body_runs: all the runs that a body
// is put through, undisturbed ones first and then disturbed ones (disturbance.hpp).
//
// A disturbed run must end, with no coroutine frame, no heap block, no descriptor and no receive
// buffer left.
#pragma once

#include "disturbance.hpp"
#include "virtual_loop.hpp"

#include <weir/coro/detail/branch.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weir::test {

/// The place under the running body; null outside of one.
[[nodiscard]] virtual_loop* current_place_or_null() noexcept;

/// Under what a body runs.
class run_conditions {
public:
    run_conditions() noexcept = default;
    reactor_options options = virtual_loop::small_options();
    std::vector<std::uint64_t> seeds{1};
    /// What the kernel may do by chance under a seed.
    void (*trouble)(sim::fault_plan& faults, std::uint64_t seed) = nullptr;
    /// Whether a coroutine is a step of its own when nothing disturbs, too; else a turn is one.
    bool single_steps = true;
    /// Whether all that waits at the kernel may be broken, when a request has failed and nobody
    /// told the other side, which now waits for ever. Who is not at the kernel has been forgotten.
    bool breaks_what_waits = false;
    /// What the disturbed runs of one kind may take.
    std::chrono::milliseconds budget{150};
    /// What to set in the environment, besides the seed, for a run like this one. Empty where no
    /// seed is read.
    std::string environment;
};

class virtual_run final : private detail::branch_owner {
public:
    explicit virtual_run(task<> body, const run_conditions& how, std::uint64_t seed,
                         const disturbance& trouble);

    void run();
    void rethrow() { main_.take(); }
    [[nodiscard]] std::size_t steps() const noexcept { return steps_; }
    [[nodiscard]] std::size_t requests() { return place_.faults().requests(); }
    /// Of the simulated host, after the run.
    [[nodiscard]] std::size_t descriptors_left() const noexcept { return descriptors_left_; }
    /// Bytes that arrived and that somebody still holds.
    [[nodiscard]] bool holds_buffers() const noexcept;

private:
    void step();
    void waits_for_ever();
    [[nodiscard]] bool breaks_what_waits();
    [[noreturn]] void give_up(const std::string& why);
    [[nodiscard]] std::string tree();
    void branch_finished(detail::scope_root&) noexcept override { done_ = true; }
    [[nodiscard]] detail::promise_base* starter() const noexcept override { return nullptr; }

    virtual_loop place_;
    detail::branch<task<>> main_;
    disturbance trouble_;
    const run_conditions& how_;
    std::size_t steps_ = 0;
    std::size_t descriptors_left_ = 0;
    unsigned times_broken_ = 0;
    bool done_ = false;
    bool asked_to_end_ = false;
};

/// All runs of one body.
class body_runs {
public:
    explicit body_runs(std::function<task<>()> body, run_conditions how)
        : body_(std::move(body)), how_(std::move(how)) {}

    /// From each seed; what the body throws comes out.
    void run_undisturbed();
    /// Complains about the first that leaves something behind. Call it when nothing was wrong yet.
    void run_disturbed();

private:
    [[nodiscard]] std::string seed_text(std::uint64_t seed) const;
    [[nodiscard]] std::string name_of(std::uint64_t seed, const disturbance& trouble) const;
    void run_once(std::uint64_t seed, const disturbance& trouble);
    [[nodiscard]] bool loses_memory_once(std::uint64_t seed, const disturbance& trouble);
    [[nodiscard]] bool loses_memory(std::uint64_t seed, const disturbance& trouble);
    [[nodiscard]] std::string what_is_lost(std::uint64_t seed, const disturbance& trouble);

    std::function<task<>()> body_;
    run_conditions how_;
    // Of the last disturbed run.
    std::size_t steps_ = 0;
    std::size_t requests_ = 0;
    std::size_t descriptors_left_ = 0;
    bool holds_buffers_ = false;
};

}  // namespace weir::test
