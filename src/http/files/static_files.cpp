// SPDX-License-Identifier: Apache-2.0
#include <weir/http/files/static_files.hpp>

#include <weir/base/assert.hpp>
#include <weir/http/files/precondition.hpp>
#include <weir/http/message/http_date.hpp>
#include <weir/http/message/mime_type.hpp>
#include <weir/http/message/request_path.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

namespace weir::http {
namespace {

using std::chrono::sys_seconds;

/// A tag is strong when a later change cannot have the same time: file systems tell the time in
/// steps of some milliseconds, and the clocks of network drives are others'. (After Apache httpd,
/// which waits a second.)
constexpr std::chrono::seconds settles_after{2};

void set(headers& fields, std::string_view name, std::string_view value) {
    WEIR_ASSERT(fields.set(name, value), "what the server says about a file is a field");
}

std::string etag_of(const file_facts& facts, sys_seconds now) {
    const char* const weak = now - facts.modified() < settles_after ? "W/" : "";
    const auto ticks = static_cast<std::uint64_t>(facts.modified().time_since_epoch().count());
    return fmt::format("{}\"{:x}-{:x}\"", weak, ticks, facts.size());
}

/// "MUST NOT generate a Last-Modified date that is later than the server's time" (8.8.2.1).
sys_seconds last_modified(const file_facts& facts, sys_seconds now) {
    return std::min(std::chrono::floor<std::chrono::seconds>(facts.modified()), now);
}

/// A folder without its slash: relative names in its index would mean others' files.
file_answer with_slash(const request& asked) {
    const std::string_view target = asked.target();
    const std::size_t end = std::min(target.find('?'), target.size());
    if (target.substr(0, end).ends_with('/')) return static_files::refusal(status::not_found);
    response moved(status::moved_permanently);
    std::string to(target.substr(0, end));
    to += '/';
    to += target.substr(end);
    if (!moved.headers().set("Location", to)) return static_files::refusal(status::bad_request);
    return file_answer(std::move(moved));
}

std::string_view file_name(std::string_view path) noexcept {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

static_files_options::static_files_options() {
    std::random_device device;
    boundary_seed = (std::uint64_t{device()} << 32U) | device();
}

static_files::static_files(const static_files_options& options)
    : options_(options), boundaries_(options.boundary_seed) {}

result<std::string, status> static_files::path_of(const request& asked) const {
    if (asked.method() != "GET" && asked.method() != "HEAD") {
        return fail(status::method_not_allowed);
    }
    const auto path = request_path::parse(asked.target());
    if (!path) return fail(status::bad_request);
    if (path->has_encoded_slash()) return fail(status::not_found);
    for (std::size_t at = 0; at < path->end();) {
        const std::string_view segment = path->segment_at(at);
        at += segment.size() + 1;
        if (segment.empty() && at < path->end()) return fail(status::not_found);
        if (segment.starts_with('.') && !options_.shows_hidden) return fail(status::not_found);
    }
    std::string found(path->rest_at(0));
    if (!found.empty() && found.back() != '/') return found;
    if (options_.index.empty()) return fail(status::not_found);
    return found + options_.index;
}

file_answer static_files::refusal(status code) {
    file_answer refused{response(code)};
    if (code == status::method_not_allowed) set(refused.head().headers(), "Allow", "GET, HEAD");
    return refused;
}

file_answer static_files::refusal(const std::error_code& error) {
    for (const std::errc wrong_name :
         {std::errc::no_such_file_or_directory, std::errc::not_a_directory,
          std::errc::permission_denied, std::errc::operation_not_permitted,
          std::errc::filename_too_long, std::errc::cross_device_link,
          std::errc::too_many_symbolic_link_levels, std::errc::no_such_device_or_address}) {
        if (error == wrong_name) return refusal(status::not_found);
    }
    for (const std::errc passing :
         {std::errc::too_many_files_open, std::errc::too_many_files_open_in_system,
          std::errc::not_enough_memory, std::errc::resource_unavailable_try_again}) {
        if (error == passing) return refusal(status::service_unavailable);
    }
    return refusal(status::internal_server_error);
}

file_answer static_files::answer(const request& asked, std::string_view path,
                                 const file_facts& facts, sys_seconds now) {
    if (facts.kind() == file_kind::folder) return with_slash(asked);
    if (facts.kind() == file_kind::other) return refusal(status::not_found);
    const validators current(etag_of(facts, now), last_modified(facts, now));
    const precondition judged = judge(asked, current, now);
    if (judged == precondition::failed) return refusal(status::precondition_failed);
    if (judged == precondition::not_modified) return described(status::not_modified, current);
    const byte_ranges parts = ranges_of(asked, current, facts.size(), now);
    if (parts.answer() == range_answer::unsatisfiable) {
        file_answer refused = refusal(status::range_not_satisfiable);
        set(refused.head_.headers(), "Content-Range", unsatisfied_content_range(facts.size()));
        return refused;
    }
    const bool is_whole = parts.answer() == range_answer::whole;
    file_answer found = described(is_whole ? status::ok : status::partial_content, current);
    headers& fields = found.head_.headers();
    set(fields, "Last-Modified", http_date(*current.modified()).text());
    set(fields, "Accept-Ranges", "bytes");
    set(fields, "X-Content-Type-Options", "nosniff");
    set(fields, "Content-Type", mime_type(file_name(path)));
    if (is_whole && facts.size() > 0) found.add({}, byte_range(0, facts.size()));
    if (!is_whole) add_parts(found, parts.ranges(), facts.size());
    if (asked.method() == "HEAD") found.pieces_.clear();
    return found;
}

file_answer static_files::described(status code, const validators& current) const {
    file_answer found{response(code)};
    set(found.head_.headers(), "ETag", current.etag());
    if (!options_.cache_control.empty()) {
        set(found.head_.headers(), "Cache-Control", options_.cache_control);
    }
    return found;
}

byte_ranges static_files::ranges_of(const request& asked, const validators& current,
                                    std::uint64_t total_size, sys_seconds now) const {
    const headers& fields = asked.headers();
    const bool may_ask = asked.method() == "GET" && fields.count("Range") == 1;
    if (!may_ask || !is_range_current(asked, current, now)) return {};
    return byte_ranges::of(*fields.find("Range"), total_size, options_.max_ranges);
}

void static_files::add_parts(file_answer& to, std::span<const byte_range> parts,
                             std::uint64_t total_size) {
    headers& fields = to.head_.headers();
    if (parts.size() == 1) {  // "MUST NOT generate a multipart response" (RFC 9110 15.3.7.2)
        set(fields, "Content-Range", content_range(parts[0], total_size));
        to.add({}, parts[0]);
        return;
    }
    const std::string boundary =
        fmt::format("{:016x}{:016x}", boundaries_.next(), boundaries_.next());
    const std::string type(*fields.find("Content-Type"));
    set(fields, "Content-Type", "multipart/byteranges; boundary=" + boundary);
    for (const byte_range& part : parts) {
        const char* const line_end = to.pieces_.empty() ? "" : "\r\n";
        to.add(fmt::format("{}--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", line_end,
                           boundary, type, content_range(part, total_size)),
               part);
    }
    to.add("\r\n--" + boundary + "--\r\n");
}

void file_answer::add(std::string text, std::optional<byte_range> of_file) {
    content_length_ += text.size() + (of_file ? of_file->size() : 0);
    pieces_.emplace_back(std::move(text), of_file);
}

}  // namespace weir::http
