// SPDX-License-Identifier: Apache-2.0
#include <weir/base/assert.hpp>

#include <cstdio>
#include <cstdlib>

namespace weir::detail {

void assertion_failed(const char* condition, const char* message, const char* file,
                      int line) noexcept {
    std::fprintf(stderr, "weir: %s\n  broken: %s\n  at %s:%d\n", message, condition, file, line);
    std::abort();
}

}  // namespace weir::detail
