// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client_statistics.hpp>

namespace weir::http {

void client_statistics::count_error(const std::error_code& why, client_phase phase) noexcept {
    const auto value = static_cast<std::size_t>(why.value());
    if (why.category() == category()) refusals_.at(value).add();
    if (why.category() == client_category()) client_refusals_.at(value).add();
    if (why == std::errc::timed_out) timeouts_.at(static_cast<std::size_t>(phase)).add();
}

}  // namespace weir::http
