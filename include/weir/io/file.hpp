// SPDX-License-Identifier: Apache-2.0
// file: a file on disk, read and written without ever blocking the loop.
//
// Every transfer names its offset: there is no shared position, so reads and writes of one file
// may overlap freely. The kernel does buffered file I/O at once where the page is in memory, and
// on a few worker threads of its own otherwise (bounded when the ring is made).
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/unique_fd.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/op/close.hpp>
#include <weir/io/op/file_size.hpp>
#include <weir/io/op/file_status.hpp>
#include <weir/io/op/fsync.hpp>
#include <weir/io/op/read.hpp>
#include <weir/io/op/write.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace weir {

/// What a file is opened for.
enum class open_mode {
    read,        ///< an existing file, to be read
    update,      ///< an existing file, to be read and written
    replace,     ///< read and write; created, or emptied when it exists
    create_new,  ///< read and write; file_exists when there is one
};

/// Owns an open file. Moves, does not copy; belongs to its shard. It must not be destroyed, moved
/// or closed while one of its transfers is in flight. The destructor closes without a report.
///
/// ```cpp
/// weir::file notes = co_await weir::ok(weir::file::open("notes.txt", weir::open_mode::replace));
/// co_await weir::ok(notes.write_all_at(0, weir::as_bytes("hello")));
/// co_await weir::ok(notes.sync());
/// co_await weir::ok(notes.close());
/// ```
class file {
public:
    /// Takes over an open descriptor.
    explicit file(unique_fd fd) noexcept : fd_(std::move(fd)) {}

    /// Opens the file at `path`.
    ///
    /// @param permissions  of a file that is created, less the umask.
    /// Errors:        no_such_file_or_directory, permission_denied, file_exists,
    ///                too_many_files_open, operation_canceled; others unmapped from openat(2).
    /// Cancellation:  a file that was opened in spite of a stop is returned.
    /// Allocates:     a pooled frame, and the path when it is long.
    [[nodiscard]] static task<result<file>> open(std::string path, open_mode mode,
                                                 unsigned permissions = 0666);

    /// Reads what is at `offset`.
    ///
    /// @param buffer  borrowed until this completes; at most 2 GiB - 4 KiB are read at once.
    /// @return        bytes read; 0 = `offset` is at or beyond the end, or the buffer is empty.
    /// Errors:        operation_canceled; others unmapped from pread(2).
    /// Cancellation:  bytes that were read are returned; a transfer that has begun is waited for.
    /// Concurrency:   any number of transfers in flight.
    /// Allocates:     nothing.
    [[nodiscard]] op::read read_some_at(std::uint64_t offset, mutable_bytes buffer) const noexcept {
        return op::read(fd_.value(), buffer, offset);
    }
    /// Writes some of `data` at `offset`.
    ///
    /// @return        bytes written, possibly fewer than given.
    /// Errors:        no_space_on_device, operation_canceled; others unmapped from pwrite(2).
    /// Cancellation:  what was written is reported; a transfer that has begun is waited for.
    /// Concurrency:   any number of transfers in flight; overlapping ranges end in either order.
    /// Allocates:     nothing.
    [[nodiscard]] op::write write_some_at(std::uint64_t offset, bytes data) const noexcept {
        return op::write(fd_.value(), data, offset);
    }

    /// Fills `buffer` from `offset` on, unless the file ends first.
    ///
    /// @return        bytes read; fewer than `buffer.size()` only at the end of the file.
    /// Errors:        as `read_some_at`; how much was read before is lost.
    /// Cancellation:  operation_canceled between two transfers.
    [[nodiscard]] task<result<std::size_t>> read_exactly_at(std::uint64_t offset,
                                                            mutable_bytes buffer) const;
    /// Writes all of `data` from `offset` on.
    ///
    /// Errors:        as `write_some_at`; some of `data` may have been written.
    /// Cancellation:  operation_canceled between two transfers.
    [[nodiscard]] task<result<void>> write_all_at(std::uint64_t offset, bytes data) const;

    /// Makes contents and metadata survive a crash.
    ///
    /// Errors:        those of fsync(2), which it reports once; operation_canceled.
    /// Cancellation:  once begun it is waited for.
    [[nodiscard]] op::fsync sync() const noexcept {
        return op::fsync(fd_.value(), op::fsync::scope::everything);
    }
    /// As `sync`, but only the metadata needed to read the contents back (fdatasync(2)).
    ///
    /// Errors:        as `sync`.
    /// Cancellation:  as `sync`.
    [[nodiscard]] op::fsync sync_data() const noexcept {
        return op::fsync(fd_.value(), op::fsync::scope::data_only);
    }
    /// Asks for the size in bytes.
    ///
    /// Errors:        those of statx(2); operation_canceled.
    /// Cancellation:  once begun it is waited for.
    [[nodiscard]] op::file_size size() const noexcept { return op::file_size(fd_.value()); }
    /// Asks for size, kind and the time of the last change.
    ///
    /// Errors:        those of statx(2); operation_canceled.
    /// Cancellation:  once begun it is waited for.
    [[nodiscard]] op::file_status facts() const noexcept { return op::file_status(fd_.value()); }
    /// Closes the file and says whether all delayed writes went well.
    ///
    /// Errors:        those of close(2); operation_canceled.
    /// Cancellation:  the descriptor is closed in any case.
    [[nodiscard]] op::close close() noexcept { return op::close(std::move(fd_)); }

    [[nodiscard]] bool is_open() const noexcept { return fd_.is_open(); }
    [[nodiscard]] int descriptor() const noexcept { return fd_.value(); }

private:
    unique_fd fd_;
};

}  // namespace weir
