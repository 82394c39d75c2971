// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/context_preset.hpp>

#include <algorithm>

namespace weir {

const context_preset* context_presets::find(std::string_view name) const noexcept {
    const auto has_name = [name](const context_preset& each) { return each.name() == name; };
    const auto found = std::find_if(presets_.rbegin(), presets_.rend(), has_name);
    return found == presets_.rend() ? nullptr : &*found;
}

}  // namespace weir
