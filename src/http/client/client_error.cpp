// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client_error.hpp>

#include <array>
#include <numeric>

namespace weir::http {
namespace {

/// In the order of their numbers, which begin with 1.
constexpr std::array<std::string_view, client_errc_count> names{
    "bad_url",           "scheme_not_supported", "credentials_in_url",         "too_many_redirects",
    "insecure_redirect", "body_not_repeatable",  "too_many_interim_responses", "unexpected_upgrade",
};

const char* describe(client_errc error) noexcept {
    switch (error) {
        case client_errc::bad_url:
            return "malformed URL";
        case client_errc::scheme_not_supported:
            return "a URL that is neither http nor https";
        case client_errc::credentials_in_url:
            return "a URL with a name or password in it: send an Authorization field instead";
        case client_errc::too_many_redirects:
            return "limit passed: max_redirects";
        case client_errc::insecure_redirect:
            return "redirected from https to http";
        case client_errc::body_not_repeatable:
            return "redirected, but the body was streamed and cannot be sent again";
        case client_errc::too_many_interim_responses:
            return "limit passed: max_interim_responses";
        case client_errc::unexpected_upgrade:
            return "the server changed the protocol without being asked";
    }
    return "unknown error of an HTTP client";
}

class client_errors final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weir.http.client"; }
    [[nodiscard]] std::string message(int value) const override {
        return describe(static_cast<client_errc>(value));
    }
};

std::string text_of(std::chrono::nanoseconds time) {
    using std::chrono::duration_cast;
    const auto whole = duration_cast<std::chrono::milliseconds>(time);
    if (whole.count() > 0 || time.count() == 0) return std::to_string(whole.count()) + " ms";
    return std::to_string(duration_cast<std::chrono::microseconds>(time).count()) + " us";
}

}  // namespace

const std::error_category& client_category() noexcept {
    static const client_errors instance;
    return instance;
}

std::string_view name_of(client_errc error) noexcept {
    const auto number = static_cast<std::size_t>(error);
    return number >= 1 && number <= client_errc_count ? names[number - 1] : "unknown";
}

std::string_view name_of(client_phase phase) noexcept {
    switch (phase) {
        case client_phase::prepare:
            return "prepare";
        case client_phase::pool:
            return "pool";
        case client_phase::resolve:
            return "resolve";
        case client_phase::connect:
            return "connect";
        case client_phase::tls:
            return "tls";
        case client_phase::send:
            return "send";
        case client_phase::response:
            return "response";
        case client_phase::body:
            return "body";
    }
    return "unknown";
}

std::chrono::nanoseconds client_times::spent() const noexcept {
    return std::accumulate(spent_.begin(), spent_.end(), std::chrono::nanoseconds(0));
}

std::string client_error::message() const {
    std::string text = code_.message();
    text.append(" in ").append(name_of(phase())).append(" after ").append(text_of(spent()));
    const char* before = " (";
    for (std::size_t i = 0; i < client_phase_count; ++i) {
        const auto each = static_cast<client_phase>(i);
        if (spent_in(each).count() == 0) continue;
        text.append(before).append(name_of(each)).append(" ").append(text_of(spent_in(each)));
        before = ", ";
    }
    if (before[0] == ',') text += ')';
    return text;
}

}  // namespace weir::http
