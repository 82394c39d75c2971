// SPDX-License-Identifier: Apache-2.0
// Properties: a text that is walked is judged like one that is passed over, a JSON text cut short
// is none, and a string of it can be told what it means.
#include <weir/json/scanner.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "fuzz_split.hpp"

namespace {

namespace json = weir::json;
using weir::fuzz::require;

void walk(json::scanner& in) {
    switch (in.next_type()) {
        case json::value_type::object:
            if (!in.enter_object()) return;
            while (const auto key = in.next_member()) {
                require(key->text().size() <= key->raw().size(), "escapes are longer");
                walk(in);
            }
            return;
        case json::value_type::array:
            if (!in.enter_array()) return;
            while (in.next_element()) walk(in);
            return;
        case json::value_type::string:
            if (const auto value = in.string()) require(*value == value->text(), "means itself");
            return;
        default:
            in.skip();
    }
}

std::error_code passed_over(std::string_view text) {
    json::scanner in(text);
    const std::string_view value = in.skip();
    if (in.finish()) require(!value.empty(), "a value is not empty");
    return in.error();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    json::scanner walked(text);
    walk(walked);
    static_cast<void>(walked.finish());
    const std::error_code verdict = passed_over(text);
    require(walked.error() == verdict, "both ways judge alike");
    require(walked.position() <= text.size(), "nothing behind the end is read");
    const bool is_closed = !text.empty() && (text.back() == '}' || text.back() == ']');
    if (!verdict && is_closed) {
        // Memory of its own, in which the sanitizer sees a read behind the end.
        const std::vector<char> cut(text.begin(), text.end() - 1);
        require(bool(passed_over({cut.data(), cut.size()})), "without its end it is no JSON");
    }
    return 0;
}
