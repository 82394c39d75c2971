// SPDX-License-Identifier: Apache-2.0
// client_error: why a request has got no response, in which of its phases, and how its time was
// spent.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace weir::http {

/// What ends a request besides `errc` (a response that is no HTTP, or passes a limit), the errors
/// of resolving, connecting and TLS, and `refusal` (nothing was sent).
enum class client_errc : std::uint8_t {
    bad_url = 1,                 ///< of the caller, or in a Location
    scheme_not_supported,        ///< neither http nor https
    credentials_in_url,          ///< `user:password@`
    too_many_redirects,          ///< limit passed: max_redirects
    insecure_redirect,           ///< from https to http
    body_not_repeatable,         ///< a redirect wants a body again that was streamed
    too_many_interim_responses,  ///< limit passed: max_interim_responses
    unexpected_upgrade,          ///< 101, which was not asked for
};

/// How many errors there are; their numbers are 1 ... this.
inline constexpr std::size_t client_errc_count =
    static_cast<std::size_t>(client_errc::unexpected_upgrade);

/// In one word, as the enumerator is called: the value of a metric's label.
[[nodiscard]] std::string_view name_of(client_errc error) noexcept;

/// The category of client_errc.
[[nodiscard]] const std::error_category& client_category() noexcept;
/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(client_errc error) noexcept {
    return {static_cast<int>(error), client_category()};
}

/// What a request does at a moment. In the ledger of a `within` they have the same names.
enum class client_phase : std::uint8_t {
    prepare,   ///< before anything is waited for
    pool,      ///< waits for a connection, or for leave to open one
    resolve,   ///< asks for the addresses of the host
    connect,   ///< to one of them
    tls,       ///< shakes hands
    send,      ///< head and body of the request
    response,  ///< waits for the head of the response
    body,      ///< reads its body
};
inline constexpr std::size_t client_phase_count = static_cast<std::size_t>(client_phase::body) + 1;

/// In one word, as the enumerator is called.
[[nodiscard]] std::string_view name_of(client_phase phase) noexcept;

/// How long each phase took, repeats and redirects included; a value.
class client_times {
public:
    using time_point = std::chrono::steady_clock::time_point;

    client_times() noexcept = default;
    explicit client_times(time_point now) noexcept : since_(now) {}

    /// The phase before ends.
    void enter(client_phase next, time_point now) noexcept {
        settle(now);
        current_ = next;
    }
    /// Counts the time of the current phase up to now.
    void settle(time_point now) noexcept {
        spent_[static_cast<std::size_t>(current_)] += now - since_;
        since_ = now;
    }

    [[nodiscard]] client_phase current() const noexcept { return current_; }
    /// Up to the last change.
    [[nodiscard]] std::chrono::nanoseconds spent_in(client_phase phase) const noexcept {
        return spent_[static_cast<std::size_t>(phase)];
    }
    [[nodiscard]] std::chrono::nanoseconds spent() const noexcept;

private:
    std::array<std::chrono::nanoseconds, client_phase_count> spent_{};
    time_point since_{};
    client_phase current_ = client_phase::prepare;
};

/// Why a request has got no response; a value.
class client_error {
public:
    explicit client_error(std::error_code code, const client_times& times) noexcept
        : code_(code), times_(times) {}

    /// timed_out when the budget was spent; operation_canceled when somebody stopped it.
    [[nodiscard]] const std::error_code& code() const noexcept { return code_; }
    /// The phase that it ended in.
    [[nodiscard]] client_phase phase() const noexcept { return times_.current(); }
    /// All of its time.
    [[nodiscard]] std::chrono::nanoseconds spent() const noexcept { return times_.spent(); }
    [[nodiscard]] std::chrono::nanoseconds spent_in(client_phase of) const noexcept {
        return times_.spent_in(of);
    }
    /// All of it in a line, for a log: "Connection timed out in connect after 250 ms (resolve 40
    /// ms, connect 210 ms)".
    [[nodiscard]] std::string message() const;

    operator std::error_code() const noexcept { return code_; }  // NOLINT: it is one, and more

private:
    std::error_code code_;
    client_times times_;
};

static_assert(!std::is_aggregate_v<client_error>);

}  // namespace weir::http

template <>
struct std::is_error_code_enum<weir::http::client_errc> : std::true_type {};
