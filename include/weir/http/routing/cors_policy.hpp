// SPDX-License-Identifier: Apache-2.0
// cors_policy: which pages of other origins may read what we answer. It guards the users of
// browsers, not the server: whoever is no browser sends what it likes. Source: WHATWG Fetch 3.2
// (HTTP-CORS protocol), RFC 6454 7 (Origin).
//
// A refusal is silent: the browser is told nothing, which means no, and a page learns neither what
// would be allowed nor to whom.
#pragma once

#include <weir/http/message/request.hpp>
#include <weir/http/message/response.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir::http {

/// What pages of other origins may do; a value, filled at the start. What could never work, or
/// would open everything to everybody, is an error of the program and asserted.
///
/// ```cpp
/// const auto policy = weir::http::cors_policy()
///     .allow_origin("https://app.example.org")
///     .allow_method("PUT")
///     .allow_header("Content-Type")
///     .allow_credentials();
/// if (const auto answer = policy.preflight(request)) return *answer;
/// auto answer = handle(request);
/// policy.apply(request, answer);
/// ```
class cors_policy {
public:
    /// Nobody may anything.
    cors_policy() = default;

    /// @param origin  exactly as browsers send it: "https://example.org:8443", in lower case,
    ///                without a path; or "*", any, which goes without credentials only.
    ///                Not "null": every sandboxed page has that one.
    cors_policy& allow_origin(std::string_view origin);
    /// Beside GET, HEAD and POST, which need no leave.
    /// @param method  a token, compared with case.
    cors_policy& allow_method(std::string_view method);
    /// A field that pages may send, beside those that need no leave.
    cors_policy& allow_header(std::string_view name);
    /// A field of answers that pages may read, beside those that need no leave.
    cors_policy& expose_header(std::string_view name);
    /// Pages may send cookies and read the answers to them. Not with the origin "*".
    cors_policy& allow_credentials();
    /// How long a browser may remember a preflight: default 10 minutes; 0 = not at all.
    cors_policy& max_age(std::chrono::seconds value);

    /// The answer to a preflight; nullopt = the request is none, go on. A refused one is answered,
    /// too, with nothing in it.
    [[nodiscard]] std::optional<response> preflight(const request& asked) const;

    /// Tells the browser whether the page may read `answer`, and caches that it depends on the
    /// origin. For every answer, errors included: without it a page cannot even tell them apart.
    void apply(const request& asked, response& answer) const;

private:
    [[nodiscard]] bool allows_origin(std::string_view origin) const noexcept;
    [[nodiscard]] bool allows_headers(const headers& asked) const noexcept;
    void grant(const request& asked, headers& to) const;

    std::vector<std::string> origins_;
    std::vector<std::string> methods_{"GET", "HEAD", "POST"};
    std::vector<std::string> headers_;
    std::string exposed_;
    std::chrono::seconds max_age_ = std::chrono::minutes(10);
    bool any_origin_ = false;
    bool credentials_ = false;
};

static_assert(!std::is_aggregate_v<cors_policy>);

}  // namespace weir::http
