// SPDX-License-Identifier: Apache-2.0
// static_files: files as resources, without touching any: which file a request asks for, and, once
// somebody has opened it, what to send of it. Sources: RFC 9110 8.6-8.8, 13, 14, 15.3.7.
//
//   request --path_of--> a relative path --open beneath the root--> facts --answer--> file_answer
//               \--status--> refusal              \--error--> refusal
//
// A relative path from here has no dot segments, no empty ones, no NUL and nothing hidden in it;
// what symbolic links make of it only the kernel can say: open it with `folder::open_beneath`.
#pragma once

#include <weir/base/random.hpp>
#include <weir/base/result.hpp>
#include <weir/http/files/byte_ranges.hpp>
#include <weir/http/files/precondition.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/response.hpp>
#include <weir/http/message/status.hpp>
#include <weir/io/file_facts.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::http {

/// How files are offered.
class static_files_options {
public:
    static_files_options();

    std::string index = "index.html";        ///< the file of a folder; empty = folders have none
    std::string cache_control = "no-cache";  ///< ask again before using it: 304 is cheap
    std::size_t max_ranges = byte_ranges::default_max_ranges;
    bool shows_hidden = false;    ///< whether names that begin with a dot, as .git, are there
    std::uint64_t boundary_seed;  ///< of what divides several ranges: nobody should guess it
};

/// A part of a body: a text, and behind it a part of the file.
class body_piece {
public:
    explicit body_piece(std::string text, std::optional<byte_range> of_file = std::nullopt)
        : text_(std::move(text)), of_file_(of_file) {}

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const std::optional<byte_range>& of_file() const noexcept { return of_file_; }

private:
    std::string text_;
    std::optional<byte_range> of_file_;
};

/// What to send: a head, and the pieces of its body.
class file_answer {
public:
    explicit file_answer(response head) : head_(std::move(head)) {}

    /// Without Content-Length and body.
    [[nodiscard]] const response& head() const noexcept { return head_; }
    [[nodiscard]] response& head() noexcept { return head_; }
    /// Of all pieces together; of those that GET would have where it was HEAD.
    [[nodiscard]] std::uint64_t content_length() const noexcept { return content_length_; }
    /// None for HEAD and where there is no body.
    [[nodiscard]] const std::vector<body_piece>& pieces() const noexcept { return pieces_; }

private:
    friend class static_files;

    void add(std::string text, std::optional<byte_range> of_file = std::nullopt);

    response head_;
    std::vector<body_piece> pieces_;
    std::uint64_t content_length_ = 0;
};

/// Decides how requests for files are answered. Belongs to one shard.
class static_files {
public:
    explicit static_files(const static_files_options& options = static_files_options());

    /// The path beneath the root that `asked` means: "css/page.css"; for a folder, its index.
    ///
    /// Errors:  method_not_allowed (neither GET nor HEAD), bad_request, not_found (hidden, empty or
    ///          encoded segments; a folder where there is no index). Answer with `refusal`.
    [[nodiscard]] result<std::string, status> path_of(const request& asked) const;

    /// What is sent of a file.
    /// @param path   as given by `path_of`.
    /// @param now    the time of the Date of the response.
    [[nodiscard]] file_answer answer(const request& asked, std::string_view path,
                                     const file_facts& facts, std::chrono::sys_seconds now);

    /// The answer where there is no file to send.
    [[nodiscard]] static file_answer refusal(status code);
    /// The same for an error of opening: 404 for all that a name can be wrong in, so that nobody
    /// learns what there is; 503 where files cannot be opened now.
    [[nodiscard]] static file_answer refusal(const std::error_code& error);

private:
    [[nodiscard]] file_answer described(status code, const validators& current) const;
    [[nodiscard]] byte_ranges ranges_of(const request& asked, const validators& current,
                                        std::uint64_t total_size,
                                        std::chrono::sys_seconds now) const;
    void add_parts(file_answer& to, std::span<const byte_range> parts, std::uint64_t total_size);

    static_files_options options_;
    random boundaries_;
};

static_assert(!std::is_aggregate_v<static_files_options>);

}  // namespace weir::http
