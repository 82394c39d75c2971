// SPDX-License-Identifier: Apache-2.0
// file_facts: what an open file is.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir {

/// What a name in the file system may stand for.
enum class file_kind : std::uint8_t {
    regular,
    folder,
    other,  ///< a device, a socket, a pipe: it has no size
};

/// The facts of one file at one moment; a value.
class file_facts {
public:
    using time_point = std::chrono::sys_time<std::chrono::nanoseconds>;

    file_facts(std::uint64_t size, time_point modified,
               file_kind kind = file_kind::regular) noexcept
        : size_(size), modified_(modified), kind_(kind) {}

    /// In bytes.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// When its contents changed last, by the clock of the file system.
    [[nodiscard]] time_point modified() const noexcept { return modified_; }
    [[nodiscard]] file_kind kind() const noexcept { return kind_; }

private:
    std::uint64_t size_;
    time_point modified_;
    file_kind kind_;
};

}  // namespace weir
