// SPDX-License-Identifier: Apache-2.0
// http_pages: what the event server answers to plain HTTP requests.
#pragma once

#include "server_state.hpp"

#include <weir/coro/task.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/response.hpp>

/// The answer to any request but an upgrade: /, /health, /stats, /metrics, or an error.
[[nodiscard]] weir::task<weir::http::response> answer_page(server_state& server,
                                                           const weir::http::request& request);

/// 503, for those who come while the server is full or goes away.
[[nodiscard]] weir::http::response unavailable();
