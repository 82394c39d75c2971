// expect: read-only|const value|const-qualified
// SPDX-License-Identifier: Apache-2.0
#include <weir/state/state.hpp>

struct user {
    int visits = 0;
};

int main() {
    weir::state<user> first;
    first->visits = 1;
}
