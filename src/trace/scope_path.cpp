// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/scope_path.hpp>

namespace weir::trace {

std::string scope_path::to_string() const {
    std::string path = outer_ == nullptr ? std::string() : outer_->to_string() + '/';
    return path.append(name_);
}

}  // namespace weir::trace
