// SPDX-License-Identifier: Apache-2.0
#include <weir/http/files/static_files.hpp>

#include <weir/base/random.hpp>
#include <weir/http/message/http_date.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(static_files_test)

namespace {

using namespace std::chrono_literals;
using fields = std::vector<std::pair<const char*, std::string>>;

constexpr std::uint64_t seed = 22;
constexpr std::chrono::sys_seconds modified =
    std::chrono::sys_days(std::chrono::year(2026) / 3 / 4);
constexpr std::chrono::sys_seconds now = modified + 24h;
const weir::file_facts page(1000, modified + 5ms);

http::request asking(std::string target, const fields& with = {}, std::string method = "GET") {
    http::request asked(std::move(method), std::move(target));
    for (const auto& [name, value] : with) BOOST_REQUIRE(asked.headers().add(name, value));
    return asked;
}

std::string path_of(std::string target, const http::static_files_options& options = {}) {
    const auto path = http::static_files(options).path_of(asking(std::move(target)));
    return path ? *path : std::to_string(static_cast<int>(path.error()));
}

http::file_answer answered(const fields& with, const weir::file_facts& facts = page,
                           std::string method = "GET") {
    http::static_files_options options;
    options.boundary_seed = seed;
    http::static_files files(options);
    return files.answer(asking("/page.html", with, std::move(method)), "page.html", facts, now);
}

int code(const http::file_answer& of) { return static_cast<int>(of.head().code()); }

std::string field(const http::file_answer& of, std::string_view name) {
    return std::string(of.head().headers().find(name).value_or("-"));
}

/// The body, with "<first+size>" for what comes from the file.
std::string body(const http::file_answer& of) {
    std::string text;
    for (const http::body_piece& piece : of.pieces()) {
        text += piece.text();
        if (!piece.of_file()) continue;
        text += "<" + std::to_string(piece.of_file()->first()) + "+" +
                std::to_string(piece.of_file()->size()) + ">";
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_request_means_a_file_beneath_the_root) {
    BOOST_TEST(path_of("/css/page.css?v=1") == "css/page.css");
    BOOST_TEST(path_of("/a%20b.txt") == "a b.txt");
    BOOST_TEST(path_of("/") == "index.html");
    BOOST_TEST(path_of("/docs/") == "docs/index.html");
    http::static_files_options bare;
    bare.index.clear();
    BOOST_TEST(path_of("/docs/", bare) == "404");
}

BOOST_AUTO_TEST_CASE(no_request_climbs_out_of_the_root) {
    for (const char* target :
         {"/../etc/passwd", "/a/../../b", "/%2e%2e/b", "/..", "/a/%2E./b", "/a%00.html", "/%"}) {
        BOOST_TEST(path_of(target) == "400", target);
    }
    for (const char* target : {"//etc/passwd", "/a//b", "/..%2Fetc%2Fpasswd", "/%2Fetc/passwd",
                               "/a%2fb", "/..;/b", "/..\\b"}) {
        BOOST_TEST(path_of(target) == "404", target);
    }
}

BOOST_AUTO_TEST_CASE(whatever_is_asked_the_path_stays_beneath_the_root) {
    weir::random chance(seed);
    constexpr std::string_view alphabet = "/%.2eEfF05ab\\";
    for (int round = 0; round < 20'000; ++round) {
        std::string target = "/";
        for (auto left = chance.below(14); left > 0; --left) {
            target += alphabet[chance.below(alphabet.size())];
        }
        const auto path = http::static_files().path_of(asking(target));
        if (!path) continue;
        const std::string whole = "/" + *path + "/";
        for (const char* bad : {"//", "/./", "/../", "/."}) {
            BOOST_TEST(whole.find(bad) == whole.npos, target);
        }
        BOOST_TEST(path->find('\0') == path->npos, target);
    }
}

BOOST_AUTO_TEST_CASE(hidden_files_are_not_there_unless_they_are_wanted) {
    http::static_files_options open;
    open.shows_hidden = true;
    for (const char* target : {"/.git/config", "/a/.env", "/%2eenv"}) {
        BOOST_TEST(path_of(target) == "404", target);
    }
    BOOST_TEST(path_of("/.well-known/x", open) == ".well-known/x");
}

BOOST_AUTO_TEST_CASE(files_are_read_only) {
    const auto path = http::static_files().path_of(asking("/a", {}, "POST"));
    BOOST_TEST((path.error() == http::status::method_not_allowed));
    BOOST_TEST(field(http::static_files::refusal(path.error()), "Allow") == "GET, HEAD");
}

BOOST_AUTO_TEST_CASE(a_file_is_sent_whole_with_what_is_known_about_it) {
    const auto found = answered({});
    BOOST_TEST(code(found) == 200);
    BOOST_TEST(body(found) == "<0+1000>");
    BOOST_TEST(found.content_length() == 1000U);
    BOOST_TEST(field(found, "Content-Type") == "text/html; charset=utf-8");
    BOOST_TEST(field(found, "Last-Modified") == "Wed, 04 Mar 2026 00:00:00 GMT");
    BOOST_TEST(field(found, "Accept-Ranges") == "bytes");
    BOOST_TEST(field(found, "Cache-Control") == "no-cache");
    BOOST_TEST(field(found, "X-Content-Type-Options") == "nosniff");
    BOOST_TEST(field(found, "ETag").starts_with("\""));
}

BOOST_AUTO_TEST_CASE(the_tag_changes_with_time_and_size) {
    const std::string tag = field(answered({}), "ETag");
    BOOST_TEST(tag == field(answered({}), "ETag"));
    BOOST_TEST(tag != field(answered({}, {1001, modified + 5ms}), "ETag"));
    BOOST_TEST(tag != field(answered({}, {1000, modified + 6ms}), "ETag"));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_just_written_has_a_weak_tag_and_no_future) {
    const weir::file_facts fresh(10, now - 1s);
    BOOST_TEST(field(answered({}, fresh), "ETag").starts_with("W/\""));
    const weir::file_facts future(10, now + 1h);
    BOOST_TEST(field(answered({}, future), "ETag").starts_with("W/\""));
    BOOST_TEST(field(answered({}, future), "Last-Modified") == http::http_date(now).text());
}

BOOST_AUTO_TEST_CASE(head_is_told_the_length_and_sent_nothing) {
    const auto found = answered({{"Range", "bytes=0-1"}}, page, "HEAD");
    BOOST_TEST(code(found) == 200);
    BOOST_TEST(found.content_length() == 1000U);
    BOOST_TEST(found.pieces().empty());
}

BOOST_AUTO_TEST_CASE(an_empty_file_has_no_body) {
    const auto found = answered({}, {0, modified});
    BOOST_TEST(code(found) == 200);
    BOOST_TEST(found.pieces().empty());
    BOOST_TEST(found.content_length() == 0U);
}

BOOST_AUTO_TEST_CASE(who_has_it_already_is_told_so_with_tag_and_cache_control) {
    const auto known = answered({{"If-None-Match", field(answered({}), "ETag")}});
    BOOST_TEST(code(known) == 304);
    BOOST_TEST(field(known, "ETag") == field(answered({}), "ETag"));
    BOOST_TEST(field(known, "Cache-Control") == "no-cache");
    BOOST_TEST(field(known, "Content-Type") == "-");
    BOOST_TEST(known.pieces().empty());
    BOOST_TEST(code(answered({{"If-Modified-Since", "Wed, 04 Mar 2026 00:00:00 GMT"}})) == 304);
    BOOST_TEST(code(answered({{"If-Match", "\"other\""}})) == 412);
}

BOOST_AUTO_TEST_CASE(one_range_is_sent_as_it_is) {
    const auto part = answered({{"Range", "bytes=100-199"}});
    BOOST_TEST(code(part) == 206);
    BOOST_TEST(body(part) == "<100+100>");
    BOOST_TEST(part.content_length() == 100U);
    BOOST_TEST(field(part, "Content-Range") == "bytes 100-199/1000");
    BOOST_TEST(field(part, "Content-Type") == "text/html; charset=utf-8");
    const auto reduced = answered({{"Range", "bytes=5000-,7-7"}});
    BOOST_TEST(field(reduced, "Content-Range") == "bytes 7-7/1000");
}

BOOST_AUTO_TEST_CASE(several_ranges_are_parts_between_boundaries) {
    const auto parts = answered({{"Range", "bytes=0-0,-1"}});
    BOOST_TEST(code(parts) == 206);
    BOOST_TEST(field(parts, "Content-Range") == "-");
    const std::string type = field(parts, "Content-Type");
    const std::string start = "multipart/byteranges; boundary=";
    BOOST_REQUIRE(type.starts_with(start));
    const std::string line = "--" + type.substr(start.size());
    const std::string expected =
        line +
        "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Range: bytes 0-0/1000\r\n\r\n" +
        "<0+1>\r\n" + line +
        "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Range: bytes 999-999/1000\r\n\r\n" +
        "<999+1>\r\n" + line + "--\r\n";
    BOOST_TEST(body(parts) == expected);
    const std::size_t marks = std::string("<0+1><999+1>").size();
    BOOST_TEST(parts.content_length() == expected.size() - marks + 2);
}

BOOST_AUTO_TEST_CASE(a_range_beyond_the_end_is_told_the_length) {
    const auto refused = answered({{"Range", "bytes=1000-"}});
    BOOST_TEST(code(refused) == 416);
    BOOST_TEST(field(refused, "Content-Range") == "bytes */1000");
    BOOST_TEST(refused.pieces().empty());
}

BOOST_AUTO_TEST_CASE(a_range_of_something_older_gets_the_whole) {
    const std::string tag = field(answered({}), "ETag");
    BOOST_TEST(code(answered({{"Range", "bytes=0-1"}, {"If-Range", tag}})) == 206);
    BOOST_TEST(code(answered({{"Range", "bytes=0-1"}, {"If-Range", "\"old\""}})) == 200);
    BOOST_TEST(code(answered({{"Range", "bytes=0-1"}, {"Range", "bytes=2-3"}})) == 200);
}

BOOST_AUTO_TEST_CASE(a_folder_is_known_by_its_slash) {
    http::static_files files;
    const weir::file_facts folder(4096, modified, weir::file_kind::folder);
    const auto moved = files.answer(asking("/docs?a=1"), "docs", folder, now);
    BOOST_TEST(code(moved) == 301);
    BOOST_TEST(field(moved, "Location") == "/docs/?a=1");
    BOOST_TEST(code(files.answer(asking("/docs/"), "docs/index.html", folder, now)) == 404);
    const weir::file_facts device(0, modified, weir::file_kind::other);
    BOOST_TEST(code(files.answer(asking("/null"), "null", device, now)) == 404);
}

BOOST_AUTO_TEST_CASE(nobody_learns_why_a_name_was_wrong) {
    for (const std::errc error :
         {std::errc::no_such_file_or_directory, std::errc::permission_denied,
          std::errc::cross_device_link, std::errc::not_a_directory,
          std::errc::too_many_symbolic_link_levels}) {
        BOOST_TEST(code(http::static_files::refusal(std::make_error_code(error))) == 404);
    }
    BOOST_TEST(code(http::static_files::refusal(
                   std::make_error_code(std::errc::too_many_files_open))) == 503);
    BOOST_TEST(code(http::static_files::refusal(std::make_error_code(std::errc::io_error))) == 500);
}

BOOST_AUTO_TEST_SUITE_END()
