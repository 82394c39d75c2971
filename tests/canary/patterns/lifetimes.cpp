// SPDX-License-Identifier: Apache-2.0
// Temporaries and locals across suspension, exceptions and destruction. Each block is one pattern:
// canary.py splits at the
// `// P..:` lines, compiles the blocks together or alone, and runs `body` of each.
#include "canary.hpp"

// P12: auto [a,b]=co_await, destroyed while suspended
namespace p12 {
task<std::tuple<counted, counted>> tp() {
    co_await turn{};
    co_return std::tuple<counted, counted>{counted{}, counted{}};
}

task<int> body() {
    auto [a, b] = co_await tp();
    co_await turn{};
    (void)a;
    (void)b;
    co_return 0;
}
}  // namespace p12

// P13: range-for over co_await temporary
namespace p13 {
task<std::vector<counted>> tv() {
    co_await turn{};
    co_return std::vector<counted>(3);
}

task<int> body() {
    int n = 0;
    for (auto& c : co_await tv()) {
        n += c.text.size();
        co_await turn{};
    }
    (void)n;
    co_return 0;
}
}  // namespace p13

// P14: exception from the awaited task with temporaries alive
namespace p14 {
task<int> thr(counted, const counted&) {
    co_await turn{};
    throw std::runtime_error("x");
    co_return 1;
}

task<int> body() {
    try {
        int r = co_await thr(counted{}, counted{});
        (void)r;
    } catch (std::exception&) {
    }
    co_await turn{};
    co_return 0;
}
}  // namespace p14

// P15: exception leaves the coroutine
namespace p15 {
task<int> thr(counted, const counted&) {
    co_await turn{};
    throw std::runtime_error("x");
    co_return 1;
}

task<int> body() {
    counted l;
    int r = co_await thr(counted{}, counted{});
    (void)r;
    co_return 0;
}
}  // namespace p15

// P16: two co_awaits in one call
namespace p16 {
int f(counted a, counted b, int c) { return a.text.size() + b.text.size() + c; }

task<int> body() {
    int r = f(co_await make_counted(), co_await make_counted(), co_await number(3));
    (void)r;
    co_return 0;
}
}  // namespace p16

// P18: make_unique / new with co_await
namespace p18 {

task<int> body() {
    auto p = std::make_unique<counted>(co_await make_counted());
    auto* q2 = new counted(co_await make_counted());
    delete q2;
    co_return 0;
}
}  // namespace p18

// P23: move-only by-value parameter, destroyed before first resume
namespace p23 {
task<int> use(std::unique_ptr<counted> p) {
    co_await turn{};
    co_return (int) p->text.size();
}

task<int> body() {
    {
        auto t = use(std::make_unique<counted>());
    }
    int r = co_await use(std::make_unique<counted>());
    (void)r;
    co_return 0;
}
}  // namespace p23

// P24: co_return of a local, move-only
namespace p24 {
task<std::unique_ptr<counted>> make_unique_counted() {
    auto p = std::make_unique<counted>();
    co_await turn{};
    co_return p;
}

task<int> body() {
    auto p = co_await make_unique_counted();
    (void)p;
    co_return 0;
}
}  // namespace p24

// P25: destroyed while suspended with argument temporaries alive
namespace p25 {
task<int> use(counted a, const counted& b) {
    co_await turn{};
    co_return (int) a.text.size() + (int)b.text.size();
}

task<int> body() {
    counted l;
    int r = co_await use(counted{}, counted{});
    (void)r;
    co_return 0;
}
}  // namespace p25

// P26: statement expression with co_await (TRY macro)
namespace p26 {
#define TRY(e)           \
    ({                   \
        auto&& _r = (e); \
        std::move(_r);   \
    })

task<int> body() {
    counted x = TRY(co_await make_counted());
    (void)x;
    co_return 0;
}
}  // namespace p26

// P27: optional<counted> and value_or with co_await
namespace p27 {

task<int> body() {
    std::optional<counted> o;
    o = co_await make_counted();
    counted y = std::move(o).value_or(co_await make_counted());
    (void)y;
    co_return 0;
}
}  // namespace p27

// P28: co_await in a return of nested coroutine: co_return co_await
namespace p28 {
task<counted> inner() { co_return co_await make_counted(); }

task<int> body() {
    counted x = co_await inner();
    (void)x;
    co_return 0;
}
}  // namespace p28

// P37: try { co_await } catch(...) with local of nontrivial dtor, then destroy suspended in try
namespace p37 {

task<int> body() {
    try {
        counted l;
        co_await turn{};
        co_await turn{};
    } catch (...) {
    }
    co_return 0;
}
}  // namespace p37

// V33: make_unique(co_await make_counted()) split in two
namespace v33 {

task<int> body() {
    auto v = co_await make_counted();
    auto p = std::make_unique<counted>(std::move(v));
    (void)p;
    co_return 0;
}
}  // namespace v33

// V34: new T(co_await x) alone
namespace v34 {

task<int> body() {
    auto* p = new counted(co_await make_counted());
    delete p;
    co_return 0;
}
}  // namespace v34

// V35: make_unique<counted>(co_await make_counted()) alone
namespace v35 {

task<int> body() {
    auto p = std::make_unique<counted>(co_await make_counted());
    (void)p;
    co_return 0;
}
}  // namespace v35

// V39: throw inside await_resume with argument temps
namespace v39 {
task<counted> bad(const counted&) {
    co_await turn{};
    throw std::runtime_error("b");
    co_return counted{};
}
int f(counted a, const counted& b) { return a.text.size() + b.text.size(); }

task<int> body() {
    try {
        int r = f(counted{}, co_await bad(counted{}));
        (void)r;
    } catch (std::exception&) {
    }
    co_return 0;
}
}  // namespace v39
