// SPDX-License-Identifier: Apache-2.0
#include "co_test.hpp"

#include "complaints.hpp"
#include "virtual_run.hpp"

#include <string>

namespace weir::test {

virtual_loop& current_place() noexcept { return *current_place_or_null(); }

bool check(bool held, std::string_view text, const char* file, std::size_t line) {
    if (is_disturbed()) return held;
    if (held) {
        BOOST_CHECK(held);  // counts the assertion
    } else {
        complain(std::string(file) + ":" + std::to_string(line) + ": " + std::string(text));
    }
    return held;
}

void run_co_test(task<> (*body)()) {
    const std::size_t before = complaints();
    body_runs runs(body, run_conditions());
    runs.run_undisturbed();
    if (complaints() == before) runs.run_disturbed();
}

}  // namespace weir::test
