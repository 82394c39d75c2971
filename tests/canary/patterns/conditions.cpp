// SPDX-License-Identifier: Apache-2.0
// Awaits under && || ?: and in the heads of statements. Each block is one pattern: canary.py splits
// at the
// `// P..:` lines, compiles the blocks together or alone, and runs `body` of each.
#include "canary.hpp"

// P09: conditional: c ? co_await a : co_await b
namespace p09 {

task<int> body() {
    counted x = true ? co_await make_counted() : co_await make_counted();
    counted y = false ? co_await make_counted() : counted{};
    (void)x;
    (void)y;
    co_return 0;
}
}  // namespace p09

// P10: conditional inside an argument
namespace p10 {
int f(counted a, counted b) { return a.text.size() + b.text.size(); }

task<int> body() {
    int r = f((co_await flag(true)) ? co_await make_counted() : counted{}, counted{});
    (void)r;
    co_return 0;
}
}  // namespace p10

// P11: a && co_await b, short circuit with temporaries
namespace p11 {
bool g(const counted& c) { return !c.text.empty(); }

task<int> body() {
    if (g(counted{}) && co_await flag(true) && g(co_await make_counted())) {
        co_await turn{};
    }
    if (false && co_await flag(true)) std::abort();
    if (g(counted{}) || co_await flag(true)) {
    }
    co_return 0;
}
}  // namespace p11

// P19: if/while/switch initialisers
namespace p19 {

task<int> body() {
    if (auto x = co_await make_counted(); !x.text.empty()) co_await turn{};
    int i = 0;
    while (co_await flag(i++ < 3)) {
    }
    switch (auto v = co_await number(2); v) {
        case 2:
            co_await turn{};
            break;
    }
    co_return 0;
}
}  // namespace p19

// P34: co_await in a comma expression / compound assignment / []
namespace p34 {

task<int> body() {
    int a[4] = {};
    a[co_await number(1)] += co_await number(2);
    int x = 1;
    x += co_await number(2);
    x = (co_await number(1), co_await number(5));
    if (x != 5 || a[1] != 2) std::abort();
    co_return 0;
}
}  // namespace p34

// V22: co_await inside if-condition with && and trivial operands only
namespace v22 {

task<int> body() {
    int a = 1;
    if (a > 0 && co_await flag(true)) {
        co_await turn{};
    }
    if (a < 0 || co_await flag(true)) {
    }
    bool z = (a > 0) ? co_await flag(true) : false;
    (void)z;
    co_return 0;
}
}  // namespace v22

// V23: call(string temp) && co_await
namespace v23 {
bool g(std::string_view s) { return !s.empty(); }

task<int> body() {
    std::string s = "abc";
    if (g(s) && co_await flag(true)) {
    }
    if (co_await flag(true) && g(s)) {
    }
    co_return 0;
}
}  // namespace v23

// V24: call(std::string(..)) && co_await
namespace v24 {
bool g(const std::string& s) { return !s.empty(); }

task<int> body() {
    if (g(std::string("abc abc abc abc abc abc abc")) && co_await flag(true)) {
    }
    co_return 0;
}
}  // namespace v24

// V25: co_await first, then && with temporary
namespace v25 {
bool g(const std::string& s) { return !s.empty(); }

task<int> body() {
    if (co_await flag(true) && g(std::string("abc abc abc abc abc abc abc"))) {
    }
    co_return 0;
}
}  // namespace v25

// P41: an await in the head of an if, in a coroutine that declares no variable around it
namespace p41 {

task<int> body() {
    if (!co_await flag(true)) co_return 1;
    co_return 0;
}
}  // namespace p41

// P42: the same with a variable in the body of the function
namespace p42 {

task<int> body() {
    const int none = 0;
    if (!co_await flag(true)) co_return 1;
    co_return none;
}
}  // namespace p42

// P43: the same with a variable in the head
namespace p43 {

task<int> body() {
    if (const bool is_set = co_await flag(true); !is_set) co_return 1;
    co_return 0;
}
}  // namespace p43

// P44: the head of a while, in a coroutine that declares no variable around it
namespace p44 {

task<int> body() {
    while (!co_await flag(true)) co_await turn{};
    co_return 0;
}
}  // namespace p44
