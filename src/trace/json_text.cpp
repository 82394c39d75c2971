// SPDX-License-Identifier: Apache-2.0
#include "json_text.hpp"

#include <weir/json/quoted.hpp>

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace weir::trace {

void append_json(std::string& to, std::string_view text) { json::append_quoted(to, text); }

void append_json(std::string& to, double number) {
    if (std::isnan(number)) {
        to += "\"NaN\"";
    } else if (std::isinf(number)) {
        to += number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    } else {
        fmt::format_to(std::back_inserter(to), "{}", number);
    }
}

void append_json(std::string& to, std::int64_t number) {
    fmt::format_to(std::back_inserter(to), "\"{}\"", number);
}

void append_json(std::string& to, std::uint64_t number) {
    fmt::format_to(std::back_inserter(to), "\"{}\"", number);
}

}  // namespace weir::trace
