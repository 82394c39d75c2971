// SPDX-License-Identifier: Apache-2.0
// name_service: who turns names into addresses where the system's resolver is not asked.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/net/endpoint.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

class name_service {
public:
    /// The addresses of `host`, each with `port`.
    [[nodiscard]] virtual task<result<std::vector<net::endpoint>>> look_up(std::string host,
                                                                           std::uint16_t port) = 0;

protected:
    name_service() noexcept = default;
    ~name_service() = default;
};

}  // namespace weir
