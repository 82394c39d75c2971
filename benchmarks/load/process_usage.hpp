// SPDX-License-Identifier: Apache-2.0
// process_usage: how much memory and processor time another process uses. Source: proc(5).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

/// One reading of a process.
class process_usage {
public:
    /// Nullopt when there is no such process.
    [[nodiscard]] static std::optional<process_usage> read(int pid);

    [[nodiscard]] std::size_t resident_bytes() const noexcept { return resident_bytes_; }
    /// User and system time since the process began.
    [[nodiscard]] std::chrono::duration<double> processor_time() const noexcept {
        return processor_time_;
    }

private:
    process_usage() noexcept = default;

    std::size_t resident_bytes_ = 0;
    std::chrono::duration<double> processor_time_{};
};
