// expect: an operation was moved after its start
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/operation.hpp>

#include <utility>

class request final : public weir::operation {
public:
    void prepare(io_uring_sqe&) noexcept override {}
    void complete(int, std::uint32_t, bool) noexcept override {}
    void pretend_in_flight() noexcept { set_state(state::in_flight); }
};

int main() {
    request started;
    started.pretend_in_flight();
    const request moved(std::move(started));
}
