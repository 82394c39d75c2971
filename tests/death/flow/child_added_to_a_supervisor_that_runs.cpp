// expect: a child was added to a supervisor that runs
// SPDX-License-Identifier: Apache-2.0
#include <weir/flow/supervisor.hpp>
#include <weir/io/run.hpp>

weir::task<weir::result<void>> do_nothing() { co_return weir::result<void>(); }

weir::task<> run_one_that_grows() {
    weir::flow::supervisor services;
    const auto grow = [&services]() -> weir::task<weir::result<void>> {
        services.add(weir::flow::child_spec("late", &do_nothing));
        co_return weir::result<void>();
    };
    services.add(weir::flow::child_spec("first", grow));
    static_cast<void>(co_await services.run());
}

int main() { weir::run(run_one_that_grows()); }
