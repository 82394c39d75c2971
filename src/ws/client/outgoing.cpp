// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/outgoing.hpp>

namespace weir::ws {

const request_costs& usual_costs() {
    static const request_costs costs({{request_kind::subscription, 5},
                                      {request_kind::authentication, 10},
                                      {request_kind::order, 10}});
    return costs;
}

}  // namespace weir::ws
