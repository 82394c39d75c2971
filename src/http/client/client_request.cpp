// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client_request.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace weir::http {

bool client_request::is_idempotent() const noexcept {
    constexpr std::array<std::string_view, 6> methods{"GET",   "HEAD", "OPTIONS",
                                                      "TRACE", "PUT",  "DELETE"};
    return std::ranges::find(methods, method_) != methods.end();
}

client_request client_request::sent_to(url elsewhere) const {
    client_request made(*this);
    made.where_ = std::move(elsewhere);
    return made;
}

void client_request::become_bodiless(std::string_view method) {
    constexpr std::string_view about_body = "Content-";
    http::headers kept;
    for (std::size_t i = 0; i < headers_.size(); ++i) {
        const header_field field = headers_[i];
        if (equal_ignoring_case(field.name().substr(0, about_body.size()), about_body)) continue;
        static_cast<void>(kept.add(field.name(), field.value()));  // as good as it was before
    }
    headers_ = std::move(kept);
    method_.assign(method);
    body_.clear();
    source_ = nullptr;
    source_length_.reset();
}

}  // namespace weir::http
