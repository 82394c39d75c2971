// SPDX-License-Identifier: Apache-2.0
#include "response_head_parser.hpp"

#include <weir/http/message/error.hpp>

#include <string_view>
#include <utility>

namespace weir::http {

void response_head_parser::restart() {
    scanner_.restart();
    grammar_.restart();
}

result<bool> response_head_parser::feed(bytes& data, response& head) {
    const std::size_t taken = scanner_.scan(data, limits_);
    // Whoever refuses the earlier byte is right, so that the error is the same in every split.
    if (auto fine = grammar_.feed(data.first(taken)); !fine) return fail(fine.error());
    if (scanner_.error()) return fail(scanner_.error());
    data = data.subspan(taken);
    if (grammar_.is_complete() != scanner_.is_complete()) {
        return fail(make_error_code(errc::malformed));
    }
    if (!scanner_.is_complete()) return false;
    const auto version = grammar_.version();
    if (!version) return fail(version.error());
    const unsigned number = grammar_.status_number();
    if (!is_canonical(number)) return fail(make_error_code(errc::malformed));
    head.restart(static_cast<status>(number), *version);
    std::swap(head.headers(), grammar_.headers());
    return true;
}

/// llhttp also takes RTSP and ICE, and numbers of other sizes.
bool response_head_parser::is_canonical(unsigned number) const noexcept {
    const std::string_view line = scanner_.first_line();
    constexpr std::size_t place = std::string_view("HTTP/1.1 ").size();
    constexpr std::size_t end = place + 3;
    if (number < 100 || number > 599 || !line.starts_with("HTTP/1.")) return false;
    if (line.size() < end || (line.size() > end && line[end] != ' ')) return false;
    return line[place] == static_cast<char>('0' + number / 100);
}

}  // namespace weir::http
