// SPDX-License-Identifier: Apache-2.0
// Types without a constructor of their own, made with braces. Each block is one pattern: canary.py
// splits at the
// `// P..:` lines, compiles the blocks together or alone, and runs `body` of each.
#include "canary.hpp"

// P03: aggregate temporary with members as argument
namespace p03 {
struct aggregate {
    counted a;
    counted b;
    int x;
};
task<int> use(aggregate a) {
    co_await turn{};
    co_return (int) a.a.text.size() + a.x;
}

task<int> body() {
    int r = co_await use(aggregate{counted{}, counted{}, 3});
    (void)r;
    co_return 0;
}
}  // namespace p03

// P04: aggregate temp by const ref
namespace p04 {
struct aggregate {
    counted a;
    counted b;
    int x;
};
task<int> use(const aggregate& a) {
    co_await turn{};
    co_return (int) a.a.text.size() + a.x;
}

task<int> body() {
    int r = co_await use(aggregate{counted{}, counted{}, 3});
    (void)r;
    co_return 0;
}
}  // namespace p04

// P05: designated-init options temp
namespace p05 {
struct options {
    std::string host = "default host name that is long enough";
    int port = 1;
    std::vector<counted> v;
};
task<int> use(options o) {
    co_await turn{};
    co_return (int) o.host.size();
}

task<int> body() {
    int r = co_await use(options{.host = "another host name that is long enough", .port = 2});
    (void)r;
    co_return 0;
}
}  // namespace p05

// P06: designated-init options temp by const ref
namespace p06 {
struct options {
    std::string host = "default host name that is long enough";
    int port = 1;
    std::vector<counted> v;
};
task<int> use(const options& o) {
    co_await turn{};
    co_return (int) o.host.size();
}

task<int> body() {
    int r = co_await use({.host = "another host name that is long enough", .port = 2});
    (void)r;
    co_return 0;
}
}  // namespace p06

// P17: co_await inside braces: array/struct init
namespace p17 {
struct S {
    counted a;
    counted b;
};

task<int> body() {
    std::array<counted, 2> a{co_await make_counted(), co_await make_counted()};
    S s{co_await make_counted(), counted{}};
    (void)a;
    (void)s;
    co_return 0;
}
}  // namespace p17

// P29: member coroutine on a temporary object
namespace p29 {
struct O {
    counted c;
    task<int> go() {
        co_await turn{};
        co_return (int) c.text.size();
    }
};

task<int> body() {
    int r = co_await O{}.go();
    (void)r;
    co_return 0;
}
}  // namespace p29

// P30: method-chain temporary: a.b(counted{}).c()
namespace p30 {
struct B {
    counted c;
    B&& with(counted x) && {
        c = std::move(x);
        return std::move(*this);
    }
    task<int> go() && {
        co_await turn{};
        co_return (int) c.text.size();
    }
};

task<int> body() {
    int r = co_await B{}.with(counted{}).go();
    (void)r;
    co_return 0;
}
}  // namespace p30

// P39: awaiter aggregate with counted members, brace init
namespace p39 {
struct awaiter {
    counted a;
    counted b;
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> h) { ready.push_back(h); }
    int await_resume() { return (int)(a.text.size() + b.text.size()); }
};

task<int> body() {
    int r = co_await awaiter{counted{}, counted{}};
    (void)r;
    co_return 0;
}
}  // namespace p39

// V10: options class with user-provided ctor
namespace v10 {
struct options {
    std::string host;
    int port;
    std::vector<counted> v;
    options(std::string h = "default host that is long enough", int p = 1)
        : host(std::move(h)), port(p) {}
};
task<int> use(options o) {
    co_await turn{};
    co_return (int) o.host.size();
}

task<int> body() {
    int r = co_await use(options{"another host name that is long enough", 2});
    r = co_await use({});
    r = co_await use(options{});
    (void)r;
    co_return 0;
}
}  // namespace v10

// V11: options class with options()=default and default member inits
namespace v11 {
struct options {
    std::string host = "default host name that is long enough";
    int port = 1;
    std::vector<counted> v;
    options() = default;
};
task<int> use(options o) {
    co_await turn{};
    co_return (int) o.host.size();
}

task<int> body() {
    int r = co_await use(options{});
    r = co_await use({});
    r = co_await use(options());
    (void)r;
    co_return 0;
}
}  // namespace v11

// V12: aggregate options defaulted: use({}) and use(options{}) by value
namespace v12 {
struct options {
    std::string host = "default host name that is long enough";
    int port = 1;
};
task<int> use(options o = {}) {
    co_await turn{};
    co_return (int) o.host.size();
}

task<int> body() {
    int r = co_await use({});
    (void)r;
    co_return 0;
}
}  // namespace v12

// V13: aggregate as default argument, not written
namespace v13 {
struct options {
    std::string host = "default host name that is long enough";
    int port = 1;
};
task<int> use(options o = {}) {
    co_await turn{};
    co_return (int) o.host.size();
}

task<int> body() {
    int r = co_await use();
    (void)r;
    co_return 0;
}
}  // namespace v13

// V14: aggregate options, options() with parentheses
namespace v14 {
struct options {
    std::string host = "default host name that is long enough";
    int port = 1;
};
task<int> use(options o) {
    co_await turn{};
    co_return (int) o.host.size();
}

task<int> body() {
    int r = co_await use(options());
    (void)r;
    co_return 0;
}
}  // namespace v14

// V15: aggregate made by a function call
namespace v15 {
struct options {
    std::string host = "default host name that is long enough";
    int port = 1;
};
options make_options() { return {}; }
task<int> use(options o) {
    co_await turn{};
    co_return (int) o.host.size();
}

task<int> body() {
    int r = co_await use(make_options());
    (void)r;
    co_return 0;
}
}  // namespace v15

// V16: aggregate of only trivial members (ints, chrono, string_view)
namespace v16 {
struct options {
    std::string_view host = "x";
    int port = 1;
    bool tls = false;
};
task<int> use(options o) {
    co_await turn{};
    co_return (int) o.host.size() + o.port;
}

task<int> body() {
    int r = co_await use({.host = "abc", .port = 4});
    if (r != 7) std::abort();
    r = co_await use({});
    co_return 0;
}
}  // namespace v16

// V18: std::array<counted,2> temporary (an aggregate)
namespace v18 {
task<int> use(std::array<counted, 2> a) {
    co_await turn{};
    co_return (int) a[0].text.size();
}

task<int> body() {
    int r = co_await use(std::array<counted, 2>{counted{}, counted{}});
    (void)r;
    co_return 0;
}
}  // namespace v18

// V30: awaiter returned by a function, aggregate
namespace v30 {
struct awaiter {
    counted a;
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> h) { ready.push_back(h); }
    int await_resume() { return (int)a.text.size(); }
};
awaiter make_awaiter() { return awaiter{counted{}}; }

task<int> body() {
    int r = co_await make_awaiter();
    (void)r;
    co_return 0;
}
}  // namespace v30

// V31: co_return {aggregate} and co_return aggregate{..}
namespace v31 {
struct aggregate {
    counted a;
    int x;
};
task<aggregate> f() {
    co_await turn{};
    co_return aggregate{counted{}, 3};
}

task<int> body() {
    auto a = co_await f();
    if (a.x != 3) std::abort();
    co_return 0;
}
}  // namespace v31

// V32: co_return aggregate{co_await x, ..}
namespace v32 {
struct aggregate {
    counted a;
    int x;
};
task<aggregate> f() { co_return aggregate{co_await make_counted(), 3}; }

task<int> body() {
    auto a = co_await f();
    if (a.x != 3) std::abort();
    co_return 0;
}
}  // namespace v32
