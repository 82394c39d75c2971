// SPDX-License-Identifier: Apache-2.0
#include "head_reader.hpp"

#include <weir/http/message/error.hpp>

namespace weir::http {

void head_reader::restart() {
    scanner_.restart();
    grammar_.restart();
}

result<bool> head_reader::feed(bytes& data, const request_limits& limits, headers& fields) {
    if (!has_begun()) fields.clear();
    const std::size_t taken = scanner_.scan(data, limits);
    // Whoever refuses the earlier byte is right, so that the error is the same in every split.
    if (auto fine = grammar_.feed(data.first(taken), fields); !fine) return fail(fine.error());
    if (scanner_.error()) return fail(scanner_.error());
    data = data.subspan(taken);
    if (grammar_.is_complete() != scanner_.is_complete()) {
        return fail(make_error_code(errc::malformed));
    }
    if (scanner_.is_complete()) return true;
    scanner_.keep();
    grammar_.keep();
    return false;
}

}  // namespace weir::http
