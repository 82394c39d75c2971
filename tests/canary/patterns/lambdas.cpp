// SPDX-License-Identifier: Apache-2.0
// Closures in and around an awaited expression. Each block is one pattern: canary.py splits at the
// `// P..:` lines, compiles the blocks together or alone, and runs `body` of each.
#include "canary.hpp"

// P01: lambda with a by-value capture as a temporary argument of the awaited call
namespace p01 {
task<int> use(std::function<int()> f) {
    co_await turn{};
    co_return f();
}

task<int> body() {
    counted c;
    int r = co_await use([c] { return (int)c.text.size(); });
    (void)r;
    co_return 0;
}
}  // namespace p01

// P02: capturing lambda passed as template param
namespace p02 {
template <class F>
task<int> use(F f) {
    co_await turn{};
    co_return f();
}

task<int> body() {
    counted c;
    int r = co_await use([c] { return (int)c.text.size(); });
    (void)r;
    co_return 0;
}
}  // namespace p02

// P21: coroutine lambda with captures, kept alive by a named variable
namespace p21 {

task<int> body() {
    counted c;
    auto l = [c](int i) -> task<int> {
        co_await turn{};
        co_return (int) c.text.size() + i;
    };
    int r = co_await l(2);
    (void)r;
    co_return 0;
}
}  // namespace p21

// P22: immediately invoked capturing coroutine lambda (closure is a temporary of the full
// expression)
namespace p22 {

task<int> body() {
    counted c;
    int r = co_await [c](int i) -> task<int> {
        co_await turn{};
        co_return (int) c.text.size() + i;
    }(2);
    (void)r;
    co_return 0;
}
}  // namespace p22

// P32: generic lambda coroutine in a local with auto param
namespace p32 {

task<int> body() {
    counted c;
    auto l = [&c](auto x) -> task<int> {
        co_await turn{};
        co_return (int) c.text.size() + (int)sizeof(x);
    };
    int r = co_await l(3) + co_await l(3.0);
    (void)r;
    co_return 0;
}
}  // namespace p32

// P35: std::function holding a coroutine lambda w/ capture
namespace p35 {

task<int> body() {
    counted c;
    std::function<task<int>(int)> f = [c](int i) -> task<int> {
        co_await turn{};
        co_return (int) c.text.size() + i;
    };
    int r = co_await f(1);
    (void)r;
    co_return 0;
}
}  // namespace p35

// P38: lambda capture + awaiter object (not a task) as temp
namespace p38 {
template <class F>
struct awaiter {
    F f;
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> h) { ready.push_back(h); }
    int await_resume() { return f(); }
};
template <class F>
awaiter(F) -> awaiter<F>;

task<int> body() {
    counted c;
    int r = co_await awaiter{[c] { return (int)c.text.size(); }};
    (void)r;
    co_return 0;
}
}  // namespace p38

// V01: [c] lambda to a forwarding-ref coroutine that moves it first
namespace v01 {
template <class F>
task<int> use(F&& f0) {
    F f = std::forward<F>(f0);
    co_await turn{};
    co_return f();
}

task<int> body() {
    counted c;
    int r = co_await use([c] { return (int)c.text.size(); });
    (void)r;
    co_return 0;
}
}  // namespace v01

// V02: shared_ptr capture
namespace v02 {
template <class F>
task<int> use(F f) {
    co_await turn{};
    co_return f();
}

task<int> body() {
    auto p = std::make_shared<counted>();
    int r = co_await use([p] { return (int)p->text.size(); });
    if (p.use_count() != 1) std::abort();
    (void)r;
    co_return 0;
}
}  // namespace v02

// V03: [&] capture
namespace v03 {
template <class F>
task<int> use(F f) {
    co_await turn{};
    co_return f();
}

task<int> body() {
    counted c;
    int r = co_await use([&] { return (int)c.text.size(); });
    (void)r;
    co_return 0;
}
}  // namespace v03

// V04: [i] trivially copyable capture
namespace v04 {
template <class F>
task<int> use(F f) {
    co_await turn{};
    co_return f();
}

task<int> body() {
    int i = 7;
    void* p = &i;
    int r = co_await use([i, p] { return i + (p != nullptr); });
    if (r != 8) std::abort();
    co_return 0;
}
}  // namespace v04

// V05: [p=std::move(p)] unique_ptr
namespace v05 {
template <class F>
task<int> use(F f) {
    co_await turn{};
    co_return f();
}

task<int> body() {
    auto p = std::make_unique<counted>();
    int r = co_await use([p = std::move(p)] { return (int)p->text.size(); });
    (void)r;
    co_return 0;
}
}  // namespace v05

// V06: plain (non-coroutine) factory taking F by value
namespace v06 {
template <class F>
task<int> inner(F f) {
    co_await turn{};
    co_return f();
}
template <class F>
task<int> use(F f) {
    return inner(std::move(f));
}

task<int> body() {
    counted c;
    int r = co_await use([c] { return (int)c.text.size(); });
    (void)r;
    co_return 0;
}
}  // namespace v06

// V07: plain factory taking F&& and moving
namespace v07 {
template <class F>
task<int> inner(F f) {
    co_await turn{};
    co_return f();
}
template <class F>
task<int> use(F&& f) {
    return inner(std::move(f));
}

task<int> body() {
    counted c;
    int r = co_await use([c] { return (int)c.text.size(); });
    (void)r;
    co_return 0;
}
}  // namespace v07

// V08: two statements: auto t=use([c]{}); co_await std::move(t)
namespace v08 {
template <class F>
task<int> use(F f) {
    co_await turn{};
    co_return f();
}

task<int> body() {
    counted c;
    auto t = use([c] { return (int)c.text.size(); });
    int r = co_await std::move(t);
    (void)r;
    co_return 0;
}
}  // namespace v08

// V09: named lambda moved in
namespace v09 {
template <class F>
task<int> use(F f) {
    co_await turn{};
    co_return f();
}

task<int> body() {
    counted c;
    auto l = [c] { return (int)c.text.size(); };
    int r = co_await use(std::move(l));
    (void)r;
    co_return 0;
}
}  // namespace v09

// V26: spawn([c]()->task{..}) with no co_await in the expression
namespace v26 {
struct G {
    std::vector<task<int>> v;
    std::vector<std::function<task<int>()>> fs;
    template <class F>
    void spawn(F f) {
        fs.emplace_back(std::move(f));
        v.push_back(fs.back()());
    }
};

task<int> body() {
    counted c;
    {
        G g;
        g.spawn([c]() -> task<int> {
            co_await turn{};
            co_return (int) c.text.size();
        });
        for (auto& t : g.v) co_await std::move(t);
    }
    co_return 0;
}
}  // namespace v26

// V27: co_await spawn([c]()->task{..})
namespace v27 {
template <class F>
task<int> spawn(F f) {
    co_return co_await f();
}

task<int> body() {
    counted c;
    int r = co_await spawn([c]() -> task<int> {
        co_await turn{};
        co_return (int) c.text.size();
    });
    (void)r;
    co_return 0;
}
}  // namespace v27

// V28: co_await spawn([&]()->task{..})
namespace v28 {
template <class F>
task<int> spawn(F f) {
    co_return co_await f();
}

task<int> body() {
    counted c;
    int r = co_await spawn([&]() -> task<int> {
        co_await turn{};
        co_return (int) c.text.size();
    });
    (void)r;
    co_return 0;
}
}  // namespace v28

// V29: awaiter class with user-provided ctor holding F
namespace v29 {
template <class F>
struct awaiter {
    F f;
    explicit awaiter(F x) : f(std::move(x)) {}
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> h) { ready.push_back(h); }
    int await_resume() { return f(); }
};

task<int> body() {
    counted c;
    auto l = [c] { return (int)c.text.size(); };
    int r = co_await awaiter<decltype(l)>{std::move(l)};
    (void)r;
    co_return 0;
}
}  // namespace v29

// V40: lambda inside an outer call chain that holds no co_await but its result is awaited: co_await
// a.then([c]{})
namespace v40 {
struct Fut {
    task<int> t;
    template <class F>
    static task<int> go(task<int> t, F f) {
        int x = co_await std::move(t);
        co_return f(x);
    }
    template <class F>
    task<int> then(F f) && {
        return go(std::move(t), std::move(f));
    }
};

task<int> body() {
    counted c;
    int r = co_await Fut{number(3)}.then([c](int x) { return x + (int)c.text.size(); });
    (void)r;
    co_return 0;
}
}  // namespace v40
