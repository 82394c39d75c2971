// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/detail/body_reader.hpp>

#include <weir/http/message/error.hpp>

#include <algorithm>
#include <string_view>

namespace weir::http::detail {
namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

result<void> refuse(errc error) { return fail(make_error_code(error)); }

}  // namespace

void body_reader::expect(std::uint64_t length) noexcept {
    trailers_.clear();
    left_ = length;
    step_ = length == 0 ? step::complete : step::counted;
}

void body_reader::expect_chunks(const request_limits& limits) noexcept {
    trailers_.clear();
    trailer_line_.clear();
    left_ = 0;
    max_left_ = limits.max_body_bytes();
    extension_bytes_left_ = limits.max_chunk_extension_bytes();
    trailer_bytes_left_ = limits.max_trailer_bytes();
    size_digits_ = 0;
    step_ = step::size;
    after_cr_ = false;
}

result<bytes> body_reader::next(bytes& data) {
    while (!data.empty() && !is_complete()) {
        if (step_ == step::counted || step_ == step::data) return take_data(data);
        const char c = static_cast<char>(data.front());
        if (auto fine = take(c); !fine) return fail(fine.error());
        data = data.subspan(1);
    }
    return bytes();
}

result<void> body_reader::feed(bytes& data, std::string& body) {
    while (!data.empty() && !is_complete()) {
        const auto run = next(data);
        if (!run) return fail(run.error());
        body.append(as_text(*run));
    }
    return {};
}

bytes body_reader::take_data(bytes& data) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, data.size()));
    const bytes run = data.first(count);
    data = data.subspan(count);
    left_ -= count;
    if (left_ == 0) step_ = step_ == step::counted ? step::complete : step::data_end;
    return run;
}

result<void> body_reader::take(char c) {
    if (after_cr_ != (c == '\n') || c == '\0') return refuse(errc::bad_chunk);
    if (c == '\n') {
        after_cr_ = false;
        return end_line();
    }
    if (c == '\r') {
        if (step_ == step::size && size_digits_ == 0) return refuse(errc::bad_chunk);
        after_cr_ = true;
        return {};
    }
    switch (step_) {
        case step::size:
            return take_size(c);
        case step::extension:
            if (extension_bytes_left_-- == 0) return refuse(errc::chunk_extensions_over_limit);
            return {};
        case step::trailer_start:
            if (c == ' ' || c == '\t') return refuse(errc::folded_header);
            step_ = step::trailer;
            [[fallthrough]];
        case step::trailer:
            if (trailer_bytes_left_-- == 0) return refuse(errc::trailers_over_limit);
            trailer_line_ += c;
            return {};
        default:
            return refuse(errc::bad_chunk);
    }
}

result<void> body_reader::take_size(char c) {
    if (c == ';' && size_digits_ != 0) {
        step_ = step::extension;
        return {};
    }
    const int digit = hex_value(c);
    // 15 digits are far beyond every limit and cannot overflow.
    if (digit < 0 || ++size_digits_ > 15) return refuse(errc::bad_chunk);
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    if (left_ > max_left_) return refuse(errc::body_over_limit);
    return {};
}

result<void> body_reader::end_line() {
    switch (step_) {
        case step::size:
        case step::extension:
            max_left_ -= static_cast<std::size_t>(left_);
            size_digits_ = 0;
            step_ = left_ == 0 ? step::trailer_start : step::data;
            return {};
        case step::data_end:
            step_ = step::size;
            return {};
        case step::trailer:
            step_ = step::trailer_start;
            return end_trailer();
        default:
            step_ = step::complete;
            return {};
    }
}

result<void> body_reader::end_trailer() {
    const std::string_view line = trailer_line_;
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return refuse(errc::bad_header_name);
    auto added = trailers_.add(line.substr(0, colon), line.substr(colon + 1));
    trailer_line_.clear();
    return added;
}

}  // namespace weir::http::detail
