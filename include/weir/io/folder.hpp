// SPDX-License-Identifier: Apache-2.0
// folder: a place in the file system, and the files beneath it, by names that strangers chose.
#pragma once

#include <weir/base/unique_fd.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/file.hpp>
#include <weir/io/op/open_beneath.hpp>

#include <string>
#include <utility>

namespace weir {

/// Owns an open folder. Moves, does not copy; belongs to its shard. Must not be destroyed or moved
/// while it opens something. It stays the same folder when others rename it.
///
/// ```cpp
/// weir::folder root = co_await weir::ok(weir::folder::open("/srv/www"));
/// weir::file page = co_await weir::ok(root.open_beneath("docs/index.html"));
/// ```
class folder {
public:
    /// Opens the folder at `path`, which is trusted.
    ///
    /// Errors:        no_such_file_or_directory, not_a_directory, permission_denied,
    ///                too_many_files_open, operation_canceled; others unmapped from openat(2).
    /// Cancellation:  a folder that was opened in spite of a stop is returned.
    [[nodiscard]] static task<result<folder>> open(std::string path);

    /// Opens what `relative` names beneath this folder, to be read: a file, or a folder that only
    /// tells its facts. A pipe waits for its writer until a stop: keep none here.
    ///
    /// @param relative  not absolute, and never out of the folder by "..", not even for a moment.
    ///                  What follows a NUL is not seen.
    /// Errors:          no_such_file_or_directory, not_a_directory, permission_denied,
    ///                  cross_device_link (it leads out), too_many_symbolic_link_levels,
    ///                  filename_too_long, too_many_files_open, operation_canceled; others unmapped
    ///                  from openat2(2).
    /// Cancellation:    a file that was opened in spite of a stop is returned.
    [[nodiscard]] task<result<file>> open_beneath(
        std::string relative, symbolic_links links = symbolic_links::beneath) const;

    [[nodiscard]] int descriptor() const noexcept { return fd_.value(); }

private:
    explicit folder(unique_fd fd) noexcept : fd_(std::move(fd)) {}

    unique_fd fd_;
};

}  // namespace weir
