// SPDX-License-Identifier: Apache-2.0
// Writing the tasks of one loop to stderr, for the signal that asks for it.
#pragma once

namespace weir {
class reactor;
}

namespace weir::detail {

/// Lists everything that runs on `loop`, the shard `index` of `count`. On the loop's own thread.
void write_dump(unsigned index, unsigned count, reactor& loop);

}  // namespace weir::detail
