// expect: a session_table was destroyed while a session is pinned
// SPDX-License-Identifier: Apache-2.0
#include <weir/registry/session_table.hpp>

int main() {
    using table = weir::session_table<int, int>;
    table::pin mine;
    {
        table all(weir::session_options{});
        mine = all.emplace(1, 1, table::time_point());
    }
}
