// expect: an operation was destroyed while the kernel still refers to it
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/operation.hpp>

class request final : public weir::operation {
public:
    void prepare(io_uring_sqe&) noexcept override {}
    void complete(int, std::uint32_t, bool) noexcept override {}
    void pretend_in_flight() noexcept { set_state(state::in_flight); }
};

int main() {
    request lost;
    lost.pretend_in_flight();
}
