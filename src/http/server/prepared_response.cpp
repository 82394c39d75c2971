// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/prepared_response.hpp>

#include <weir/base/assert.hpp>

#include "http/message/response_encoder.hpp"

namespace weir::http {

prepared_response::prepared_response(const response& message) : status_(message.code()) {
    append_status_line(head_, status_);
    const auto fine = append_fields(head_, message.headers());
    WEIR_ASSERT(fine.has_value(), "a prepared response has a header that the server writes itself");
    const body_framing framing = framing_for(version::http_1_1, status_, message.body().size());
    append_framing(head_, framing, message.body().size());
    if (framing != body_framing::none) body_ = send_buffer(as_bytes(message.body()));
}

}  // namespace weir::http
