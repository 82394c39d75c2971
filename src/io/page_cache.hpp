// SPDX-License-Identifier: Apache-2.0
// What of a file is in memory, so that sending it does not wait for a disk.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir {

/// Whether all of that part of a file is in memory, as far as this process may know: of files that
/// it owns or could write. Of an empty part, or one that the file does not have, it is not.
[[nodiscard]] bool is_cached(int file, std::uint64_t offset, std::size_t size) noexcept;

// The two ways to find that out.
/// cachestat(2), Linux >= 6.5.
/// @return  pages of the part that are in memory, or a negative errno value.
[[nodiscard]] std::int64_t count_cached_pages(int file, std::uint64_t offset,
                                              std::size_t size) noexcept;
/// mincore(2), which needs a mapping. Of files that are none of this process's business it says
/// "yes" whatever it is asked: that is found out, and taken for "no".
[[nodiscard]] bool is_resident(int file, std::uint64_t offset, std::size_t size) noexcept;

}  // namespace weir
