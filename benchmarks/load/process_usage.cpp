// SPDX-License-Identifier: Apache-2.0
#include "process_usage.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

std::optional<process_usage> process_usage::read(int pid) {
    process_usage usage;
    std::ifstream memory(fmt::format("/proc/{}/statm", pid));
    std::size_t all_pages = 0;
    std::size_t resident_pages = 0;
    if (!(memory >> all_pages >> resident_pages)) return std::nullopt;
    usage.resident_bytes_ = resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));

    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    // The second field is a name in parentheses, which may hold anything, so count from its end.
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields(text.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    usage.processor_time_ =
        std::chrono::duration<double>((user + system) / static_cast<double>(sysconf(_SC_CLK_TCK)));
    return usage;
}
