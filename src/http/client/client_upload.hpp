// SPDX-License-Identifier: Apache-2.0
// client_upload: the sending of a request that takes a while, beside the waiting for its response:
// a long body, one from a source, one that the server is asked about first.
//
//   head --Expect--> asking --100, or no answer for expect_timeout--> body --> sent
//     `-----------------------------------------------------------------^
//   any --a final response that refuses, an error--> over
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/client/client_request.hpp>
#include <weir/sync/event.hpp>

#include <chrono>
#include <system_error>

#include "client_connection.hpp"

namespace weir::http::detail {

/// Of one attempt; lives in the frame that joins its task.
class client_upload {
public:
    /// @param on     whose `text` is the head.
    /// @param patience  how long to wait for `100 Continue`; 0 = it is not asked for.
    explicit client_upload(client_connection& on, const client_request& asked,
                           std::chrono::nanoseconds patience) noexcept
        : on_(on), asked_(asked), patience_(patience) {}

    /// Sends all of it. What its source throws, it throws.
    ///
    /// @return        whether all has been sent.
    /// Errors:        none; see `failure`.
    /// Cancellation:  the request is cut off: the connection is only good for closing.
    [[nodiscard]] task<bool> send();
    /// The server has said `100 Continue`.
    void proceed() noexcept { may_go_on_.set(); }

    /// Stopped when there is no use in waiting for a response: the source has failed.
    [[nodiscard]] stop_source& hopeless() noexcept { return hopeless_; }
    /// Why the source failed; none = it did not, whatever became of the connection.
    [[nodiscard]] const std::error_code& failure() const noexcept { return failure_; }
    /// Whether anything of the body may have been sent.
    [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }

private:
    [[nodiscard]] task<result<void>> send_head();
    [[nodiscard]] task<result<void>> send_body();

    client_connection& on_;
    const client_request& asked_;
    std::chrono::nanoseconds patience_;
    event may_go_on_;
    stop_source hopeless_;
    std::error_code failure_;
    bool has_begun_ = false;
};

}  // namespace weir::http::detail
