// SPDX-License-Identifier: Apache-2.0
#include "response_head_parser.hpp"

#include <weir/http/message/error.hpp>

#include <string_view>

namespace weir::http {

result<bool> response_head_parser::feed(bytes& data, response& head) {
    const auto is_complete = reader_.feed(data, limits_, head.headers());
    if (!is_complete || !*is_complete) return is_complete;
    const auto version = reader_.version();
    if (!version) return fail(version.error());
    const unsigned number = reader_.status_number();
    if (!is_canonical(number)) return fail(make_error_code(errc::malformed));
    head.begin(static_cast<status>(number), *version);
    return true;
}

/// llhttp also takes RTSP and ICE, and numbers of other sizes.
bool response_head_parser::is_canonical(unsigned number) const noexcept {
    const std::string_view line = reader_.first_line();
    constexpr std::size_t place = std::string_view("HTTP/1.1 ").size();
    constexpr std::size_t end = place + 3;
    if (number < 100 || number > 599 || !line.starts_with("HTTP/1.")) return false;
    if (line.size() < end || (line.size() > end && line[end] != ' ')) return false;
    return line[place] == static_cast<char>('0' + number / 100);
}

}  // namespace weir::http
