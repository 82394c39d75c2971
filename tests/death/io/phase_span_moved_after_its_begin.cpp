// expect: a phase was moved after its begin
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/phase_ledger.hpp>
#include <weir/io/run.hpp>

#include <utility>

namespace {

weir::task<> move_what_counts() {
    weir::phase_ledger ledger;
    const weir::current_phase around(ledger.whole());
    weir::scope counted;
    counted.set(around);
    weir::phase_span span;
    span.begin(counted, "wait");
    const weir::phase_span moved(std::move(span));
    co_return;
}

}  // namespace

int main() { weir::run(move_what_counts()); }
