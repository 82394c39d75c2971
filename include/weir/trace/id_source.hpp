// SPDX-License-Identifier: Apache-2.0
// id_source: draws trace and span ids. They must differ from those of every other process, so the
// 128 bits that it begins with come from the kernel's generator; after that no id costs a system
// call. Ids are no secrets: who has seen some can guess the next.
#pragma once

#include <weir/base/random.hpp>
#include <weir/trace/span_id.hpp>
#include <weir/trace/trace_id.hpp>

#include <cstdint>

namespace weir::trace {

/// A generator of ids, never 0. A value; belongs to one thread at a time.
class id_source {
public:
    /// Begins where the kernel says, by getrandom(2).
    id_source();
    /// The same seed draws the same ids: for tests and simulations.
    explicit id_source(std::uint64_t seed) noexcept : high_(seed), low_(random(~seed).fork()) {}

    [[nodiscard]] trace_id next_trace() noexcept;
    /// Differs from the 2^64 - 2 before it.
    [[nodiscard]] span_id next_span() noexcept;

    /// What `span` draws from on the calling thread. May be assigned another.
    [[nodiscard]] static id_source& of_this_thread();

private:
    explicit id_source(std::uint64_t high, std::uint64_t low) noexcept : high_(high), low_(low) {}

    random high_;
    random low_;
};

}  // namespace weir::trace
