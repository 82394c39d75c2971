// SPDX-License-Identifier: Apache-2.0
// process_memory: what this process takes of the machine's memory, as the kernel counts it.
#pragma once

#include <weir/base/result.hpp>

#include <cstddef>

namespace weir::metrics {

/// A reading, in bytes.
class process_memory {
public:
    /// Reads /proc/self/status: some 20 us, so not for hot paths. Any thread.
    ///
    /// Errors:        no_such_file_or_directory where there is no /proc; not_supported where it
    ///                says nothing of memory.
    [[nodiscard]] static result<process_memory> read();

    [[nodiscard]] std::size_t resident_bytes() const noexcept { return resident_; }
    /// The most that was ever resident, not only what it is now.
    [[nodiscard]] std::size_t peak_bytes() const noexcept { return peak_; }

private:
    process_memory() noexcept = default;

    std::size_t resident_ = 0;
    std::size_t peak_ = 0;
};

}  // namespace weir::metrics
