// SPDX-License-Identifier: Apache-2.0
// How many file descriptors this process has open, to see that none leaks.
#pragma once

#include <dirent.h>

#include <cstddef>
#include <memory>

namespace weir::test {

/// Open descriptors, counted in /proc/self/fd without the one that counts.
[[nodiscard]] inline std::size_t fd_count() {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
    std::size_t count = 0;
    while (folder && ::readdir(folder.get()) != nullptr) ++count;
    constexpr std::size_t dots_and_self = 3;
    return count < dots_and_self ? 0 : count - dots_and_self;
}

}  // namespace weir::test
