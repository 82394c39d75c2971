// SPDX-License-Identifier: Apache-2.0
// Lists, packs, strings and defaults as arguments. Each block is one pattern: canary.py splits at
// the
// `// P..:` lines, compiles the blocks together or alone, and runs `body` of each.
#include "canary.hpp"

// P07: initializer_list<counted> argument
namespace p07 {
task<int> use(std::initializer_list<counted> l) {
    int n = 0;
    for (auto& c : l) n += c.text.size();
    co_await turn{};
    for (auto& c : l) n += c.text.size();
    co_return n;
}

task<int> body() {
    int r = co_await use({counted{}, counted{}});
    (void)r;
    co_return 0;
}
}  // namespace p07

// P08: vector<string>{..} temp argument
namespace p08 {
task<int> use(std::vector<std::string> l) {
    co_await turn{};
    co_return (int) l.size();
}

task<int> body() {
    int r = co_await use(
        {"one string long enough for the heap", "two string long enough for the heap"});
    (void)r;
    co_return 0;
}
}  // namespace p08

// P20: temporary string_view source kept across co_await (task by value arg)
namespace p20 {
task<int> use(std::string a, std::string b) {
    co_await turn{};
    co_return (int)(a.size() + b.size());
}

task<int> body() {
    int r =
        co_await use(std::string("abc") + std::to_string(12345678) + " long enough for the heap",
                     std::string(100, 'x'));
    (void)r;
    co_return 0;
}
}  // namespace p20

// P31: variadic pack of awaits (fold)
namespace p31 {
template <class... Ts>
task<int> sum(Ts... t) {
    int n = 0;
    ((n += co_await std::move(t)), ...);
    co_return n;
}

task<int> body() {
    int r = co_await sum(number(1), number(2), number(3));
    if (r != 6) std::abort();
    co_return 0;
}
}  // namespace p31

// P33: default argument temporaries
namespace p33 {
task<int> use(counted a = counted{}, const counted& b = counted{}) {
    co_await turn{};
    co_return (int) a.text.size() + (int)b.text.size();
}

task<int> body() {
    int r = co_await use();
    (void)r;
    co_return 0;
}
}  // namespace p33

// P36: string concatenation with awaited value
namespace p36 {
task<std::string> st() {
    co_await turn{};
    co_return std::string(40, 's');
}

task<int> body() {
    std::string s = "prefix " + co_await st() + " middle " + co_await st();
    if (s.size() != 7 + 40 + 8 + 40) std::abort();
    co_return 0;
}
}  // namespace p36

// P40: when_all-like: vector of tasks built in the call
namespace p40 {
task<int> all(std::vector<task<int>> v) {
    int n = 0;
    for (auto& t : v) n += co_await std::move(t);
    co_return n;
}
std::vector<task<int>> three() {
    std::vector<task<int>> v;
    v.push_back(number(1));
    v.push_back(number(2));
    return v;
}

task<int> body() {
    int r = co_await all(three());
    if (r != 3) std::abort();
    co_return 0;
}
}  // namespace p40

// V17: pair/tuple temporaries
namespace v17 {
task<int> use(std::pair<counted, counted> p, std::tuple<counted, int> t) {
    co_await turn{};
    co_return (int) p.first.text.size();
}

task<int> body() {
    int r = co_await use(std::pair<counted, counted>{counted{}, counted{}},
                         std::tuple<counted, int>{counted{}, 1});
    r = co_await use({counted{}, counted{}}, {counted{}, 2});
    (void)r;
    co_return 0;
}
}  // namespace v17

// V19: initializer_list<int> / vector<int>{..}
namespace v19 {
task<int> use(std::vector<int> v, std::initializer_list<int> l) {
    co_await turn{};
    int n = 0;
    for (int x : l) n += x;
    co_return n + (int)v.size();
}

task<int> body() {
    int r = co_await use({1, 2, 3}, {4, 5});
    if (r != 12) std::abort();
    co_return 0;
}
}  // namespace v19

// V20: initializer_list<string_view>
namespace v20 {
task<int> use(std::initializer_list<std::string_view> l) {
    int n = 0;
    for (auto x : l) n += x.size();
    co_await turn{};
    co_return n;
}

task<int> body() {
    int r = co_await use({"SET", "key", "value"});
    if (r != 11) std::abort();
    co_return 0;
}
}  // namespace v20

// V21: variadic: cmd("SET", std::string, int)
namespace v21 {
template <class... A>
task<int> cmd(A... a) {
    co_await turn{};
    co_return (int) sizeof...(a);
}

task<int> body() {
    int r = co_await cmd("SET", std::string(50, 'k'), std::string("v") + std::to_string(3), 5);
    (void)r;
    co_return 0;
}
}  // namespace v21

// V36: vec.push_back(co_await make_counted()), emplace_back
namespace v36 {

task<int> body() {
    std::vector<counted> v;
    v.push_back(co_await make_counted());
    v.emplace_back(co_await make_counted());
    co_return 0;
}
}  // namespace v36

// V37: map[key]=co_await make_counted()
namespace v37 {

task<int> body() {
    std::map<std::string, counted> m;
    m["a key long enough to be on the heap"] = co_await make_counted();
    m.insert_or_assign("b", co_await make_counted());
    co_return 0;
}
}  // namespace v37

// V38: f(counted{}, co_await make_counted())
namespace v38 {
int f(counted a, const counted& b) { return a.text.size() + b.text.size(); }

task<int> body() {
    int r = f(counted{}, co_await make_counted());
    (void)r;
    co_return 0;
}
}  // namespace v38
