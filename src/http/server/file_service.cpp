// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/file_service.hpp>

#include <weir/base/assert.hpp>
#include <weir/coro/ok.hpp>
#include <weir/http/server/exchange.hpp>

#include <chrono>
#include <utility>

namespace weir::http {

file_service::file_service(folder root, std::string_view prefix,
                           const static_files_options& options)
    : root_(std::move(root)), files_(options) {
    WEIR_ASSERT(prefix.starts_with('/') && prefix.ends_with('/'),
                "the prefix of a file service begins and ends with a slash");
    prefix_ = prefix.substr(1);
}

/// The path beneath the root; "." is the root itself, for a prefix that lacks its last slash.
result<std::string, status> file_service::path_of(const request& asked) const {
    auto path = files_.path_of(asked);
    if (!path || prefix_.empty()) return path;
    if (path->starts_with(prefix_)) return path->substr(prefix_.size());
    if (*path + "/" == prefix_) return std::string(".");
    return fail(status::not_found);
}

task<result<void>> file_service::answer(exchange& exchange) {
    const request& asked = exchange.request();
    auto path = path_of(asked);
    if (!path) co_return co_await send(exchange, static_files::refusal(path.error()), nullptr);
    auto opened = co_await root_.open_beneath(*path);
    if (!opened) {
        if (is_stopped(opened.error())) co_return fail(opened.error());
        co_return co_await send(exchange, static_files::refusal(opened.error()), nullptr);
    }
    const auto facts = co_await opened->facts();
    if (!facts) {
        if (is_stopped(facts.error())) co_return fail(facts.error());
        co_return co_await send(exchange, static_files::refusal(facts.error()), nullptr);
    }
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    co_return co_await send(exchange, files_.answer(asked, *path, *facts, now), &*opened);
}

task<result<void>> file_service::send(exchange& exchange, file_answer found, const file* from) {
    const status code = found.head().code();
    const headers& fields = found.head().headers();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const header_field field = fields[i];
        if (auto added = exchange.headers().set(field.name(), field.value()); !added)
            co_return added;
    }
    response_writer& answer = exchange.answer();
    if (code >= status::bad_request) {
        const std::string reason = std::string(reason_phrase(code)) + "\n";
        co_return co_await exchange.respond(code, "text/plain; charset=utf-8", reason);
    }
    const auto& pieces = found.pieces();
    if (pieces.size() == 1 && pieces[0].text().empty()) {
        co_return co_await answer.respond(code, {}, *from, *pieces[0].of_file());
    }
    // Of HEAD there is a length, and no pieces.
    co_await ok(answer.start(code, {}, found.content_length()));
    for (const body_piece& piece : pieces) {
        co_await ok(answer.write(as_bytes(piece.text())));
        if (piece.of_file()) co_await ok(answer.write(*from, *piece.of_file()));
    }
    co_return co_await answer.finish();
}

}  // namespace weir::http
