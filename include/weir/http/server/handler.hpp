// SPDX-License-Identifier: Apache-2.0
// handler: what answers the requests of a server.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>

#include <functional>

namespace weir::http {

class exchange;

/// Answers one request. The exchange is valid until the task has ended.
///
/// An error that it ends in, or an exception, is the answer where none has begun: an http::errc its
/// `status_for`, a refusal its own status, all else 500. Where one has begun, its body is cut off
/// and the connection closed, so that nobody takes a part for the whole.
using handler = std::function<task<result<void>>(exchange&)>;

}  // namespace weir::http
