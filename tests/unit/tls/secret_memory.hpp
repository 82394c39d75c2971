// SPDX-License-Identifier: Apache-2.0
// Test support for secrets: written as the RFCs print them, and looked for where none may be.
#pragma once

#include <weir/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace weir::test {

[[nodiscard]] inline std::vector<std::byte> from_hexadecimal(std::string_view text) {
    std::vector<std::byte> out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        out.push_back(
            static_cast<std::byte>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    }
    return out;
}

/// Whether the heap of this process contains `wanted`, which must lie elsewhere.
[[nodiscard]] inline bool is_in_heap(bytes wanted) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (!line.ends_with("[heap]")) continue;
        std::size_t dash = 0;
        const std::uintptr_t begin = std::stoull(line, &dash, 16);
        const std::uintptr_t end = std::stoull(line.substr(dash + 1), nullptr, 16);
        const auto* heap = reinterpret_cast<const void*>(begin);
        return ::memmem(heap, end - begin, wanted.data(), wanted.size()) != nullptr;
    }
    return false;
}

}  // namespace weir::test
