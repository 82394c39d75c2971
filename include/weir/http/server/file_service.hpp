// SPDX-License-Identifier: Apache-2.0
// file_service: the files of a folder as answers: what `static_files` decides, done.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/files/static_files.hpp>
#include <weir/io/file.hpp>
#include <weir/io/folder.hpp>

#include <string>
#include <string_view>
#include <system_error>

namespace weir::http {

class exchange;

/// Serves what is beneath one folder: ranges, conditions, HEAD and the index of a folder as RFC
/// 9110 has them. Links are followed as long as they stay beneath it. Belongs to one shard; must
/// outlive its answers.
///
/// ```cpp
/// weir::http::file_service pages(co_await weir::ok(weir::folder::open("/srv/www")), "/static/");
/// const auto show = [&](weir::http::exchange& exchange) { return pages.answer(exchange); };
/// routes.add("GET", "/static/{path...}", show);
/// ```
class file_service {
public:
    /// @param prefix  the path that stands for the folder: "/", or one that begins and ends with a
    ///                slash, decoded (asserted).
    explicit file_service(folder root, std::string_view prefix = "/",
                          const static_files_options& options = static_files_options());
    file_service(const file_service&) = delete;
    file_service& operator=(const file_service&) = delete;

    /// Answers with the file that the path of the request names.
    ///
    /// A file that shrinks while it is sent ends the connection, so that nobody takes a part for
    /// the whole; of one that grows, the length that was told is sent.
    ///
    /// Errors:        as `response_writer::respond` with a file; what is wrong with the request or
    ///                the file is an answer, not an error. operation_canceled.
    /// Cancellation:  an answer that has begun is broken, and the connection ends.
    /// Concurrency:   any number of exchanges at once; at most 16 of them on one server read, the
    ///                others wait for the disk.
    /// Source:        RFC 9110 13, 14; openat2(2) with RESOLVE_BENEATH.
    [[nodiscard]] task<result<void>> answer(exchange& exchange);

private:
    [[nodiscard]] result<std::string, status> path_of(const request& asked) const;
    [[nodiscard]] static task<result<void>> send(exchange& exchange, file_answer found,
                                                 const file* from);

    folder root_;
    std::string prefix_;  // without the slash that it begins with
    static_files files_;
};

}  // namespace weir::http
