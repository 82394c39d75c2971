// SPDX-License-Identifier: Apache-2.0
// disturbance: what goes wrong in a run of a test's body: nothing, a stop of everything before a
// step, or a request that the kernel answers with an error.
//
// In a disturbed run the body's own checks do not count. A crash, or a run of more than a minute,
// ends the program with the command that repeats just that run.
#pragma once

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace weir::test {

class disturbance {
public:
    disturbance() noexcept = default;
    [[nodiscard]] static disturbance stop_before(std::size_t step) noexcept;
    [[nodiscard]] static disturbance failure_of(std::size_t request, int error) noexcept;

    /// Whether a step has a stop before it.
    [[nodiscard]] bool stops_before(std::size_t step) const noexcept { return step == stop_at_; }
    [[nodiscard]] bool fails_request() const noexcept { return failing_request_ != 0; }
    [[nodiscard]] std::size_t failing_request() const noexcept { return failing_request_; }
    [[nodiscard]] int error() const noexcept { return error_; }

    /// "a stop before step 3", for people.
    [[nodiscard]] std::string to_text() const;
    /// "stop:3" or "fail:2:104", for WEIR_DISTURBANCE.
    [[nodiscard]] std::string to_option() const;

private:
    static constexpr auto never = static_cast<std::size_t>(-1);

    std::size_t stop_at_ = never;
    std::size_t failing_request_ = 0;
    int error_ = 0;
};

/// A stop before each step and each request failing in turn, for a body that takes so many of them
/// undisturbed. Evenly spread, and all of them if they are few and quick: each kind may take
/// `budget`, or WEIR_DISTURBED_SECONDS if that is set. With WEIR_DISTURBANCE set it is that one
/// alone.
[[nodiscard]] std::vector<disturbance> disturbances(std::size_t steps, std::size_t requests,
                                                    std::chrono::nanoseconds one_run,
                                                    std::chrono::nanoseconds budget);

/// Whether the run is disturbed, so that its checks do not count.
[[nodiscard]] bool is_disturbed() noexcept;

/// While it lives, nothing that Boost.Test finds counts or is printed.
class unheard_checks {
public:
    /// @param who  what a crash is told to be: the test, what disturbed it, how to repeat it.
    explicit unheard_checks(const std::string& who);
    unheard_checks(const unheard_checks&) = delete;
    unheard_checks& operator=(const unheard_checks&) = delete;
    ~unheard_checks();

private:
    std::array<boost::unit_test::log_level, 3> levels_{};
};

}  // namespace weir::test
