// SPDX-License-Identifier: Apache-2.0
#include <weir/http/content/compression.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace weir::http {
namespace {

constexpr std::array<std::string_view, 14> compressible_types{
    "application/atom+xml",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "application/rtf",
    "application/vnd.ms-fontobject",
    "application/wasm",
    "application/x-javascript",
    "application/x-ndjson",
    "application/xml",
    "font/otf",
    "font/ttf",
    "image/bmp",
    "image/svg+xml",
};

bool begins_with(std::string_view text, std::string_view start) noexcept {
    return equal_ignoring_case(text.substr(0, start.size()), start);
}

bool ends_with(std::string_view text, std::string_view end) noexcept {
    return text.size() >= end.size() &&
           equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

void vary_by_encoding(headers& fields) {
    if (fields.has_token("Vary", "Accept-Encoding") || fields.has_token("Vary", "*")) return;
    WEIR_ASSERT(fields.add("Vary", "Accept-Encoding"), "a constant is a field");
}

void mark(headers& fields, content_coding coding) {
    WEIR_ASSERT(fields.add("Content-Encoding", name_of(coding)), "a name is a field's value");
    fields.remove("Accept-Ranges");  // ranges would count packed bytes, which differ each time
    const auto tag = fields.find("ETag");
    if (!tag || tag->starts_with("W/")) return;
    WEIR_ASSERT(fields.set("ETag", "W/" + std::string(*tag)), "a field's value stays one");
}

/// A 304 must say what the 200 would have (RFC 9110 15.4.5), and has no type to tell by.
void note_not_modified(response& head) {
    if (head.code() == status::not_modified) vary_by_encoding(head.headers());
}

}  // namespace

bool is_compressible(std::string_view content_type) noexcept {
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    if (begins_with(type, "text/")) return !equal_ignoring_case(type, "text/event-stream");
    if (ends_with(type, "+json") || ends_with(type, "+xml")) return true;
    return std::any_of(compressible_types.begin(), compressible_types.end(),
                       [type](std::string_view known) { return equal_ignoring_case(type, known); });
}

bool compression::is_worth(const response& head, std::optional<std::uint64_t> size) const {
    if (has_no_body(head.code()) || head.code() == status::partial_content) return false;
    if (size && *size < min_bytes_) return false;
    const headers& fields = head.headers();
    if (fields.find("Content-Encoding") || fields.find("Content-Range")) return false;
    if (fields.has_token("Cache-Control", "no-transform")) return false;
    const auto type = fields.find("Content-Type");
    return type && is_compressible(*type);
}

content_coding compression::choose(const request& asked, response& head,
                                   std::optional<std::uint64_t> size) const {
    note_not_modified(head);
    if (!is_worth(head, size)) return content_coding::identity;
    vary_by_encoding(head.headers());
    const auto coding = accepted_coding(asked.headers()).value_or(content_coding::identity);
    if (coding != content_coding::identity) mark(head.headers(), coding);
    return coding;
}

void compression::apply(const request& asked, response& answer) const {
    note_not_modified(answer);
    if (!is_worth(answer, answer.body().size())) return;
    vary_by_encoding(answer.headers());
    const auto coding = accepted_coding(asked.headers()).value_or(content_coding::identity);
    if (coding == content_coding::identity) return;
    std::string packed;
    content_encoder encoder(coding, level_);
    encoder.append(as_bytes(answer.body()), packed);
    encoder.finish(packed);
    if (packed.size() >= answer.body().size()) return;
    answer.body() = std::move(packed);
    mark(answer.headers(), coding);
}

}  // namespace weir::http
