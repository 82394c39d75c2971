// SPDX-License-Identifier: Apache-2.0
// complaints: what the harness itself finds wrong with a test, besides the test's own checks.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace weir::test {

/// Fails the running test, or tells the `caught_complaints` that lives.
void complain(const std::string& text);

/// Complaints so far in this program.
[[nodiscard]] std::size_t complaints() noexcept;

/// While it lives, collects complaints instead of failing the test: for testing the harness itself.
class caught_complaints {
public:
    caught_complaints() noexcept;
    caught_complaints(const caught_complaints&) = delete;
    caught_complaints& operator=(const caught_complaints&) = delete;
    ~caught_complaints();
    [[nodiscard]] const std::vector<std::string>& all() const noexcept { return all_; }

private:
    friend void complain(const std::string& text);
    std::vector<std::string> all_;
};

}  // namespace weir::test
