// SPDX-License-Identifier: Apache-2.0
// option_store: what setsockopt(2) was given, for getsockopt(2) and for the few that have an
// effect.
#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace weir::sim {

class option_store {
public:
    option_store() = default;

    /// 0 or a negative errno value.
    [[nodiscard]] int set(int level, int name, const void* value, unsigned size);
    [[nodiscard]] int get(int level, int name, void* value, unsigned* size) const;
    /// An option that is a number; `otherwise` where it was not set.
    [[nodiscard]] int number(int level, int name, int otherwise) const;

private:
    std::map<std::pair<int, int>, std::vector<std::byte>> values_;
};

}  // namespace weir::sim
