// SPDX-License-Identifier: Apache-2.0
#include <weir/http/files/byte_ranges.hpp>

#include <weir/http/message/headers.hpp>

#include <algorithm>
#include <limits>
#include <optional>

namespace weir::http {
namespace {

constexpr std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max();

/// 1*DIGIT; what is too large to count is as large as can be counted.
std::optional<std::uint64_t> number(std::string_view text) noexcept {
    if (text.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        value = value > (greatest - digit) / 10 ? greatest : value * 10 + digit;
    }
    return value;
}

/// One range as it was asked for.
struct range_spec {
    std::uint64_t first = 0;
    std::uint64_t last = greatest;
    std::optional<std::uint64_t> suffix;
};

/// "0-499", "500-" or "-500".
std::optional<range_spec> parse_spec(std::string_view text) noexcept {
    const std::size_t dash = text.find('-');
    if (dash == text.npos) return std::nullopt;
    range_spec spec;
    const std::string_view end = text.substr(dash + 1);
    if (dash == 0) {
        spec.suffix = number(end);
        return spec.suffix ? std::optional(spec) : std::nullopt;
    }
    const auto first = number(text.substr(0, dash));
    const auto last = end.empty() ? std::optional(greatest) : number(end);
    if (!first || !last || *last < *first) return std::nullopt;
    spec.first = *first;
    spec.last = *last;
    return spec;
}

/// What there is of it; nullopt = nothing.
std::optional<byte_range> satisfied(const range_spec& spec, std::uint64_t total_size) noexcept {
    if (spec.suffix) {
        const std::uint64_t size = std::min(*spec.suffix, total_size);
        return size == 0 ? std::nullopt : std::optional(byte_range(total_size - size, size));
    }
    if (spec.first >= total_size) return std::nullopt;
    return byte_range(spec.first, std::min(spec.last, total_size - 1) - spec.first + 1);
}

/// The list after "bytes="; nullopt = these are no byte ranges.
std::optional<std::string_view> list_of(std::string_view field) noexcept {
    const std::size_t equals = field.find('=');
    if (equals == field.npos || !equal_ignoring_case(field.substr(0, equals), "bytes")) return {};
    return field.substr(equals + 1);
}

}  // namespace

byte_ranges byte_ranges::of(std::string_view field, std::uint64_t total_size,
                            std::size_t max_ranges) {
    const byte_ranges ignored;
    auto list = list_of(field);
    if (!list) return ignored;
    byte_ranges found;
    std::size_t count = 0;
    std::uint64_t bytes_left = total_size;
    while (!list->empty()) {
        const std::size_t comma = std::min(list->find(','), list->size());
        const std::string_view element = trimmed(list->substr(0, comma));
        list->remove_prefix(std::min(comma + 1, list->size()));
        if (element.empty()) continue;
        const auto spec = parse_spec(element);
        if (!spec || ++count > max_ranges) return ignored;
        // The end of nothing is all of it, which no Content-Range can say.
        if (total_size == 0 && spec->suffix.value_or(0) > 0) return ignored;
        const auto range = satisfied(*spec, total_size);
        if (!range) continue;
        if (range->size() > bytes_left) return ignored;
        bytes_left -= range->size();
        found.ranges_.push_back(*range);
    }
    if (count == 0) return ignored;
    found.answer_ = found.ranges_.empty() ? range_answer::unsatisfiable : range_answer::partial;
    return found;
}

std::string content_range(const byte_range& part, std::uint64_t total_size) {
    return "bytes " + std::to_string(part.first()) + "-" + std::to_string(part.last()) + "/" +
           std::to_string(total_size);
}

std::string unsatisfied_content_range(std::uint64_t total_size) {
    return "bytes */" + std::to_string(total_size);
}

}  // namespace weir::http
