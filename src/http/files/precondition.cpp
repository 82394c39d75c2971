// SPDX-License-Identifier: Apache-2.0
#include <weir/http/files/precondition.hpp>

#include <weir/base/assert.hpp>
#include <weir/http/files/entity_tag.hpp>
#include <weir/http/message/http_date.hpp>

#include <string_view>
#include <utility>

namespace weir::http {
namespace {

using std::chrono::sys_seconds;

/// The date of a field that must stand alone; nullopt = not one date, so the field is ignored.
std::optional<sys_seconds> only_date(const headers& fields, std::string_view name,
                                     sys_seconds now) noexcept {
    if (fields.count(name) != 1) return std::nullopt;
    return parse_http_date(*fields.find(name), now);
}

/// Whether a list of tags, or "*", names what is there now.
template <class Matches>
bool names_current(const headers& fields, std::string_view name, const validators& current,
                   const Matches& matches) noexcept {
    if (!current.exists()) return false;
    const auto ours = entity_tag::parse(current.etag());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!equal_ignoring_case(fields[i].name(), name)) continue;
        std::string_view list = fields[i].value();
        if (list == "*") return true;
        while (const auto theirs = entity_tag::take(list)) {
            if (ours && matches(*ours, *theirs)) return true;
        }
    }
    return false;
}

bool is_safe_read(const request& asked) noexcept {
    return asked.method() == "GET" || asked.method() == "HEAD";
}

/// If-Match, or else If-Unmodified-Since: is it still what the sender knows?
bool is_still_known(const request& asked, const validators& current, sys_seconds now) noexcept {
    const headers& fields = asked.headers();
    if (fields.find("If-Match")) {
        return names_current(fields, "If-Match", current,
                             [](const entity_tag& ours, const entity_tag& theirs) {
                                 return ours.matches_strongly(theirs);
                             });
    }
    const auto since = only_date(fields, "If-Unmodified-Since", now);
    return !since || !current.modified() || *current.modified() <= *since;
}

/// If-None-Match, or else If-Modified-Since: is it something that the sender does not have?
bool is_news(const request& asked, const validators& current, sys_seconds now) noexcept {
    const headers& fields = asked.headers();
    if (fields.find("If-None-Match")) {
        return !names_current(fields, "If-None-Match", current,
                              [](const entity_tag& ours, const entity_tag& theirs) {
                                  return ours.matches_weakly(theirs);
                              });
    }
    if (!is_safe_read(asked)) return true;
    const auto since = only_date(fields, "If-Modified-Since", now);
    return !since || !current.modified() || *current.modified() > *since;
}

}  // namespace

validators::validators(std::string etag, std::optional<sys_seconds> modified)
    : etag_(std::move(etag)), modified_(modified), exists_(true) {
    WEIR_ASSERT(etag_.empty() || entity_tag::parse(etag_), "an ETag is \"...\" or W/\"...\"");
}

precondition judge(const request& asked, const validators& current, sys_seconds now) noexcept {
    // "MUST ignore ... with a method that does not involve the selection or modification of a
    // selected representation, such as CONNECT, OPTIONS, or TRACE" (RFC 9110 13.2.1).
    if (asked.method() == "CONNECT" || asked.method() == "OPTIONS" || asked.method() == "TRACE") {
        return precondition::holds;
    }
    if (!is_still_known(asked, current, now)) return precondition::failed;
    if (is_news(asked, current, now)) return precondition::holds;
    return is_safe_read(asked) ? precondition::not_modified : precondition::failed;
}

bool is_range_current(const request& asked, const validators& current, sys_seconds now) noexcept {
    const auto field = asked.headers().find("If-Range");
    if (!field) return true;
    if (asked.headers().count("If-Range") > 1) return false;
    if (const auto theirs = entity_tag::parse(*field)) {
        const auto ours = entity_tag::parse(current.etag());
        return ours && ours->matches_strongly(*theirs);
    }
    // A date is a strong validator only when a second change cannot have had the same date
    // (RFC 9110 8.8.2.2).
    const auto date = parse_http_date(*field, now);
    return date && current.modified() == date && now - *date >= std::chrono::seconds(1);
}

}  // namespace weir::http
