// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/redirect_policy.hpp>

#include <weir/http/client/client_error.hpp>

#include <utility>

namespace weir::http {
namespace {

bool keeps_method(status code) noexcept {
    return code == status::temporary_redirect || code == status::permanent_redirect;
}

bool is_redirect(status code) noexcept {
    return code == status::moved_permanently || code == status::found ||
           code == status::see_other || keeps_method(code);
}

}  // namespace

result<std::optional<client_request>> redirect_policy::next(const client_request& asked,
                                                            const response& head,
                                                            unsigned followed) const {
    const std::size_t locations = head.headers().count("Location");
    if (max_redirects == 0 || locations == 0 || !is_redirect(head.code())) return std::nullopt;
    if (followed == max_redirects) return fail(make_error_code(client_errc::too_many_redirects));
    if (locations > 1) return fail(make_error_code(client_errc::bad_url));
    auto where = asked.where().resolve(*head.headers().find("Location"));
    if (!where) return fail(where.error());
    if (asked.where().is_secure() && !where->is_secure() && !allows_insecure) {
        return fail(make_error_code(client_errc::insecure_redirect));
    }
    if (keeps_method(head.code()) && asked.is_streamed()) {
        return fail(make_error_code(client_errc::body_not_repeatable));
    }
    const bool stays = where->has_origin_of(asked.where());
    client_request made = asked.sent_to(std::move(*where));
    if (!keeps_method(head.code())) made.become_bodiless(asked.method() == "HEAD" ? "HEAD" : "GET");
    if (!stays) {
        for (const char* secret : {"Authorization", "Cookie", "Proxy-Authorization"}) {
            made.headers().remove(secret);
        }
    }
    return made;
}

}  // namespace weir::http
