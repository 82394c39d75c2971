// SPDX-License-Identifier: Apache-2.0
// What a user's first program needs to compile and link.
#include <weir/base/result.hpp>
#include <weir/base/unique_fd.hpp>

#include <charconv>
#include <cstdio>
#include <string_view>

namespace {

weir::result<int> parse(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return weir::fail(error);
    return number;
}

}  // namespace

int main() {
    const weir::result<int> answer = parse("42");
    weir::unique_fd none;  // its destructor is in the library, not in the header
    none.reset();
    if (!answer || *answer != 42 || parse("forty-two")) return 1;
    std::puts("consumer: ok");
}
