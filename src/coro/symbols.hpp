// SPDX-License-Identifier: Apache-2.0
// Names code addresses from the program's own symbol table, for dumps of the task tree.
#pragma once

#include <cstdint>
#include <string>

namespace weir::detail {

/// The demangled function that contains `address`, without its parameters' coroutine suffixes; the
/// address in hexadecimal when the program carries no symbols. Reads the executable on first use.
[[nodiscard]] std::string function_name_at(std::uintptr_t address);

}  // namespace weir::detail
