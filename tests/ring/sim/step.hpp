// SPDX-License-Identifier: Apache-2.0
// step, program: a random sequence of operations that is put to Linux and to the simulation.
#pragma once

#include <weir/base/random.hpp>

#include <vector>

namespace weir::sim::test {

/// One step. What the numbers mean depends on the operation; all are taken modulo what there is.
class step {
public:
    explicit step(random& chance, unsigned operations) noexcept
        : operation(static_cast<unsigned>(chance.below(operations))),
          which(static_cast<unsigned>(chance.below(1024))),
          other(static_cast<unsigned>(chance.below(1024))),
          size(1 + static_cast<unsigned>(chance.below(3000))) {}

    unsigned operation;
    unsigned which;
    unsigned other;
    unsigned size;
};

using program = std::vector<step>;

}  // namespace weir::sim::test
