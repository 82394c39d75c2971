// SPDX-License-Identifier: Apache-2.0
#include <weir/http/events/event_stream_parser.hpp>

#include <weir/base/assert.hpp>
#include <weir/http/message/error.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace weir::http {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

result<event_action> event_stream_parser::feed(bytes& data) {
    WEIR_ASSERT(!complete_, "an event is taken before the next one is read");
    if (error_) return fail(error_);
    while (!data.empty()) {
        const char c = static_cast<char>(data.front());
        data = data.subspan(1);
        const auto is_complete = take_char(c);
        if (!is_complete) return fail(is_complete.error());
        if (*is_complete) return event_action::complete;
    }
    return event_action::need_data;
}

std::size_t event_stream_parser::held_bytes() const noexcept {
    return line_.size() + data_.size() + type_.size() + id_.size();
}

result<bool> event_stream_parser::take_char(char c) {
    const bool ends_crlf = after_cr_ && c == '\n';
    after_cr_ = c == '\r';
    if (ends_crlf) return false;
    if (c == '\r' || c == '\n') return end_line();
    if (held_bytes() == max_event_bytes_) {
        error_ = make_error_code(errc::event_over_limit);
        return fail(error_);
    }
    line_ += c;
    return false;
}

bool event_stream_parser::end_line() {
    std::string_view line = line_;
    if (std::exchange(is_first_line_, false) && line.starts_with(byte_order_mark)) {
        line.remove_prefix(byte_order_mark.size());
    }
    if (line.empty()) {
        line_.clear();
        return dispatch();
    }
    const std::size_t colon = line.find(':');
    std::string_view value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    // What begins with a colon is a comment: a field without a name, which nobody knows.
    take_field(line.substr(0, colon), value);
    line_.clear();
    return false;
}

void event_stream_parser::take_field(std::string_view name, std::string_view value) {
    if (name == "data") {
        if (has_data_) data_ += '\n';
        data_ += value;
        has_data_ = true;
    } else if (name == "event") {
        type_ = value;
    } else if (name == "id") {
        if (value.find('\0') == value.npos) id_ = value;
    } else if (name == "retry") {
        std::chrono::milliseconds::rep wait = 0;
        const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), wait);
        if (std::all_of(value.begin(), value.end(), is_digit) && error == std::errc()) {
            retry_ = std::chrono::milliseconds(wait);
        }
    }
}

bool event_stream_parser::dispatch() {
    last_id_ = id_;
    std::string type = std::exchange(type_, {});
    if (!std::exchange(has_data_, false)) return false;
    complete_.emplace(std::exchange(data_, {}));
    complete_->type(type.empty() ? "message" : std::move(type)).id(last_id_);
    return true;
}

server_event event_stream_parser::take() {
    WEIR_ASSERT(complete_.has_value(), "only a complete event may be taken");
    server_event taken = *std::move(complete_);
    complete_.reset();
    return taken;
}

}  // namespace weir::http
