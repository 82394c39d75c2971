// SPDX-License-Identifier: Apache-2.0
#include <weir/metrics/process_memory.hpp>

#include <cstdio>
#include <memory>

namespace weir::metrics {

result<process_memory> process_memory::read() {
    constexpr std::size_t kib = 1024;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> status(
        std::fopen("/proc/self/status", "re"), std::fclose);
    if (!status) return fail(std::errc::no_such_file_or_directory);
    process_memory now;
    char line[256];
    while (std::fgets(line, sizeof line, status.get()) != nullptr) {
        std::size_t amount = 0;
        if (std::sscanf(line, "VmRSS: %zu kB", &amount) == 1) now.resident_ = amount * kib;
        if (std::sscanf(line, "VmHWM: %zu kB", &amount) == 1) now.peak_ = amount * kib;
    }
    if (now.resident_ == 0 || now.peak_ == 0) return fail(std::errc::not_supported);
    return now;
}

}  // namespace weir::metrics
