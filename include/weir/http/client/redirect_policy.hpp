// SPDX-License-Identifier: Apache-2.0
// redirect_policy: where a response sends a client, and with what. Sources: RFC 9110 10.2.2, 15.4;
// the Fetch standard 4.4 ("HTTP-redirect fetch") for the change of methods.
#pragma once

#include <weir/base/result.hpp>
#include <weir/http/client/client_request.hpp>
#include <weir/http/message/response.hpp>

#include <optional>
#include <type_traits>

namespace weir::http {

/// Which redirects are followed; a value. Knows neither sockets nor time.
class redirect_policy {
public:
    redirect_policy() noexcept {}

    /// In a row; 0 = none is followed, and the response with the redirect is the one that is given.
    unsigned max_redirects = 5;
    /// From https to http: whoever listens sees the rest.
    bool allows_insecure = false;

    /// What is to be asked next.
    ///
    /// 301, 302 and 303 become GET, but for HEAD, and lose the body; 307 and 308 keep both. At
    /// another origin Authorization, Cookie and Proxy-Authorization are left out.
    /// @param followed  redirects so far.
    /// @return          nullopt = `head` is that of the final response.
    /// Errors:          client_errc: too_many_redirects, insecure_redirect, body_not_repeatable,
    ///                  and of the Location: bad_url, scheme_not_supported, credentials_in_url.
    [[nodiscard]] result<std::optional<client_request>> next(const client_request& asked,
                                                             const response& head,
                                                             unsigned followed) const;
};

static_assert(!std::is_aggregate_v<redirect_policy>);

}  // namespace weir::http
