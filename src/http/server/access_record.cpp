// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/access_record.hpp>

namespace weir::http {
namespace {

constexpr std::size_t max_method_bytes = 32;
constexpr std::size_t max_target_bytes = 512;
constexpr std::size_t max_reason_bytes = 256;

std::string or_dash(std::string_view text, std::size_t max_bytes) {
    return text.empty() ? "-" : escaped(text, max_bytes);
}

}  // namespace

std::string escaped(std::string_view text, std::size_t max_bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : text.substr(0, max_bytes)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\') {
            out += c;
            continue;
        }
        out.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
    if (text.size() > max_bytes) out += "...";
    return out;
}

std::string to_line(const access_record& record) {
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(record.duration);
    std::string line = record.peer.to_string();
    line.append(" \"").append(or_dash(record.method, max_method_bytes));
    line.append(" ").append(or_dash(record.target, max_target_bytes)).append("\" ");
    line.append(std::to_string(static_cast<unsigned>(record.status))).append(" ");
    line.append(std::to_string(record.body_bytes)).append(" ");
    line.append(std::to_string(took.count())).append("us");
    if (record.error) {
        std::string reason = record.error.message();
        if (!record.what.empty()) reason.append(": ").append(record.what);
        line.append(" \"").append(escaped(reason, max_reason_bytes)).append("\"");
    }
    return line;
}

}  // namespace weir::http
