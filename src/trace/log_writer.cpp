// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/log_writer.hpp>

#include <weir/io/reactor.hpp>

#include "cut.hpp"
#include "json_text.hpp"

#include <fmt/format.h>

#include <new>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir::trace {

namespace {

void append_value(std::string& to, const attribute& of) {
    const auto append = [&](const auto& value) {
        using type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<type, bool>) {
            to += value ? "true" : "false";
        } else if constexpr (std::is_same_v<type, std::string_view>) {
            append_json(to, cut(value, log_writer::max_text_bytes));
        } else {
            append_json(to, value);
        }
    };
    std::visit(append, of.value());
}

}  // namespace

log_writer::log_writer(sink_function sink, log_level least,
                       std::chrono::system_clock::time_point wall, record_place::time_point now)
    : sink_(std::move(sink)), least_(least), wall_(wall.time_since_epoch()), began_(now) {}

log_writer::log_writer(sink_function sink, log_level least)
    : log_writer(std::move(sink), least, std::chrono::system_clock::now(),
                 reactor::current().now()) {}

std::string log_writer::line_of(const record_place& at, log_level level, std::string_view text,
                                std::span<const attribute> with) const {
    std::string line = fmt::format(R"({{"at_ns":"{}","level":"{}","text":)",
                                   (wall_ + (at.at - began_)).count(), name_of(level));
    append_json(line, cut(text, max_text_bytes));
    if (at.path != nullptr) {
        line += ",\"scope\":";
        append_json(line, at.path->to_string());
    }
    if (at.in->is_valid()) {
        line += fmt::format(R"(,"trace_id":"{}","span_id":"{}")", at.in->trace().to_string(),
                            at.in->span().to_string());
    }
    const char* before = ",\"attributes\":{";
    for (const attribute& each : with) {
        line += std::exchange(before, ",");
        append_json(line, cut(each.name(), max_text_bytes));
        line += ':';
        append_value(line, each);
    }
    return line += with.empty() ? "}" : "}}";
}

void log_writer::log(const record_place& at, log_level level, std::string_view text,
                     std::span<const attribute> with) noexcept {
    if (level < least_) return;
    try {
        sink_(line_of(at, level, text, with));
    } catch (const std::bad_alloc&) {
        return;  // as every recorder that is out of memory
    }
}

}  // namespace weir::trace
