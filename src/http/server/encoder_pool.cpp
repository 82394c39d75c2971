// SPDX-License-Identifier: Apache-2.0
#include "encoder_pool.hpp"

#include <weir/base/assert.hpp>

#include <utility>

namespace weir::http::detail {

void encoder_return::operator()(content_encoder* unused) const noexcept {
    to_->give_back(std::unique_ptr<content_encoder>(unused));
}

encoder_lease encoder_pool::take(content_coding coding) {
    WEIR_ASSERT(!is_exhausted(), "no encoder was left to take");
    std::unique_ptr<content_encoder> found;
    for (auto& each : idle_) {
        if (each == nullptr || each->coding() != coding) continue;
        found = std::move(each);
        found->restart();
        break;
    }
    if (found == nullptr) found = std::make_unique<content_encoder>(coding, level_);
    ++leased_;
    return encoder_lease(found.release(), encoder_return(*this));
}

void encoder_pool::give_back(std::unique_ptr<content_encoder> used) noexcept {
    --leased_;
    for (auto& each : idle_) {
        if (each != nullptr) continue;
        each = std::move(used);
        return;
    }
}

}  // namespace weir::http::detail
