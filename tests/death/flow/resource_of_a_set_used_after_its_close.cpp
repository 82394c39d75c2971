// expect: a resource of a set is used after its close
// SPDX-License-Identifier: Apache-2.0
#include <weir/flow/resource_set.hpp>

class nothing {
public:
    [[nodiscard]] weir::task<> close() { co_return; }
};

int main() {
    weir::flow::resource_set<nothing> set(weir::flow::close_options{});
    static_cast<void>(set.at<0>());
}
