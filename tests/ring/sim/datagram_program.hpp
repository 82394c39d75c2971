// SPDX-License-Identifier: Apache-2.0
// datagram_program: UDP sockets are bound and connected, and send to each other and to nobody.
#pragma once

#include "program_run.hpp"

namespace weir::sim::test {

[[nodiscard]] program make_datagram_program(std::uint64_t seed);

/// `family` is AF_INET or AF_INET6.
[[nodiscard]] std::vector<std::string> run_datagram_program(const scene& place,
                                                            const program& steps, int family);

}  // namespace weir::sim::test
