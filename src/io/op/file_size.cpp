// SPDX-License-Identifier: Apache-2.0
#include <weir/io/op/file_size.hpp>

namespace weir::op {

result<std::uint64_t> file_size::await_resume() const noexcept {
    const auto facts = file_status::await_resume();
    if (!facts) return fail(facts.error());
    return facts->size();
}

}  // namespace weir::op
