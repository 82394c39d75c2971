// SPDX-License-Identifier: Apache-2.0
// client_core: what the calls of one client share.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/http/client/client_options.hpp>
#include <weir/http/client/client_statistics.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/io/of_this_shard.hpp>

#include <utility>

#include "origin_table.hpp"

namespace weir::http::detail {

class client_core {
public:
    explicit client_core(task_view owner, client_options with)
        : options(std::move(with)),
          statistics(options.statistics == nullptr ? own_statistics
                                                   : of_this_shard(*options.statistics)),
          origins(owner, options) {
        WEIR_ASSERT(options.max_connections > 0 && options.max_connections_per_origin > 0 &&
                        options.max_origins > 0,
                    "a client needs room for one connection");
        WEIR_ASSERT(is_field_value(options.user_agent), "a user_agent is the value of a field");
    }

    client_options options;
    client_statistics own_statistics;
    client_statistics& statistics;
    origin_table origins;
};

}  // namespace weir::http::detail
