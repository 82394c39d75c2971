// SPDX-License-Identifier: Apache-2.0
// stream_program: connections over TCP or unix sockets are made, used and broken off.
#pragma once

#include "program_run.hpp"

namespace weir::sim::test {

[[nodiscard]] program make_stream_program(std::uint64_t seed);

/// `family` is AF_INET, AF_INET6 or AF_UNIX.
[[nodiscard]] std::vector<std::string> run_stream_program(const scene& place, const program& steps,
                                                          int family);

}  // namespace weir::sim::test
