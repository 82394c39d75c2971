// SPDX-License-Identifier: Apache-2.0
// file_program: a few files are opened, written, read, synced and renamed.
#pragma once

#include "program_run.hpp"

namespace weir::sim::test {

[[nodiscard]] program make_file_program(std::uint64_t seed);

[[nodiscard]] std::vector<std::string> run_file_program(const scene& place, const program& steps);

}  // namespace weir::sim::test
