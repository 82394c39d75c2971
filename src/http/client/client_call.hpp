// SPDX-License-Identifier: Apache-2.0
// client_call: one request of a caller, however often it is sent: over redirects, and once more
// where a kept connection had ended unnoticed.
//
//   obtain --connected--> converse --head--> final? --yes--> body --its end--> over
//     ^                      |                 `--redirect: the next request--.
//     |                      `--lost, and may be sent once more--> connect    |
//     `-----------------------------------------------------------------------'
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/detail/frame_pool.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/client/client_error.hpp>
#include <weir/http/client/client_request.hpp>
#include <weir/http/content/content_decoder.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/reactor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include "client_core.hpp"

namespace weir::http::detail {

class client_upload;

class client_call final : public weir::detail::pooled {
public:
    explicit client_call(client_core& of) noexcept : core_(of), times_(reactor::current().now()) {}
    client_call(const client_call&) = delete;
    client_call& operator=(const client_call&) = delete;
    ~client_call() { give_back(); }

    /// Asks, and reads the head of the final response.
    ///
    /// Errors:        everything that a client can meet.
    /// Cancellation:  the connection is closed.
    [[nodiscard]] task<result<void>> start(const client_request& asked);
    /// Asks, and reads the body of the final response, too, into its head.
    ///
    /// Errors:        as `start`, body_over_limit, and those of `read`.
    /// Cancellation:  the connection is closed.
    [[nodiscard]] task<result<void>> fetch(const client_request& asked);
    /// The next piece of the body; empty = it is complete.
    ///
    /// Errors:        those of the body, of its coding and of the socket; timed_out (max_silence).
    /// Cancellation:  nothing is lost; the next call goes on.
    [[nodiscard]] task<result<buffer_lease>> read();
    /// All that is left.
    ///
    /// Errors:        body_over_limit, and those of `read`.
    /// Cancellation:  what was read is lost.
    [[nodiscard]] task<result<std::string>> collect(std::size_t max_bytes);

    /// Counts and describes why it failed, and gives the connection up.
    [[nodiscard]] client_error failed(std::error_code why);
    /// Counts why its body could not be read, once.
    void note_failure(std::error_code why) noexcept;

    [[nodiscard]] bool has_connection() const noexcept { return lease_ && !lease_->is_empty(); }
    [[nodiscard]] client_connection& connection() const noexcept { return ***lease_; }
    [[nodiscard]] bool is_complete() const noexcept { return is_over_; }
    /// Where the last redirect led to; null = there was none.
    [[nodiscard]] const url* redirected_to() const noexcept {
        return next_ ? &next_->where() : nullptr;
    }

private:
    [[nodiscard]] task<result<void>> follow(const client_request& asked);
    [[nodiscard]] task<result<void>> exchange(const client_request& asked);
    [[nodiscard]] task<result<void>> obtain(const url& where);
    [[nodiscard]] task<result<void>> connect(const url& where);
    [[nodiscard]] task<result<void>> converse(const client_request& asked);
    [[nodiscard]] task<result<void>> upload(const client_request& asked);
    [[nodiscard]] task<result<void>> receive_head(client_upload* sending);
    [[nodiscard]] task<> pass_over_body();
    [[nodiscard]] bool is_sent_again(const client_request& asked,
                                     const result<void>& outcome) noexcept;
    [[nodiscard]] result<void> begin_body();
    [[nodiscard]] task<result<buffer_lease>> read_sent();
    [[nodiscard]] task<result<buffer_lease>> read_decoded();
    [[nodiscard]] task<result<void>> fill_body();
    [[nodiscard]] task<> send_beside(client_upload& sending);
    void enter(client_phase next) noexcept;
    void give_back() noexcept;

    client_core& core_;
    client_times times_;
    class phases;
    phases* phases_ = nullptr;  // for the ledger of a `within`; while `start` runs
    std::optional<connection_pool::lease> lease_;
    origin* origin_ = nullptr;
    std::optional<client_request> next_;  // after a redirect
    std::optional<content_decoder> decoder_;
    buffer_lease packed_;
    std::error_code error_;
    bool collects_ = false;  // the body, while the request may still be sent
    bool has_body_ = false;  // it has been collected
    bool asks_for_coding_ = false;
    bool says_expect_ = false;
    bool has_sent_body_ = false;  // of a source, which cannot be asked again
    bool has_packed_ = false;
    bool is_over_ = false;
    bool has_failed_ = false;
};

}  // namespace weir::http::detail
