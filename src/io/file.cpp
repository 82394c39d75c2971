// SPDX-License-Identifier: Apache-2.0
#include <weir/io/file.hpp>

#include <weir/io/op/open.hpp>

#include <fcntl.h>

namespace weir {
namespace {

int open_flags(open_mode mode) noexcept {
    switch (mode) {
        case open_mode::read:
            return O_RDONLY;
        case open_mode::update:
            return O_RDWR;
        case open_mode::replace:
            return O_RDWR | O_CREAT | O_TRUNC;
        case open_mode::create_new:
            return O_RDWR | O_CREAT | O_EXCL;
    }
    return O_RDONLY;
}

}  // namespace

task<result<file>> file::open(std::string path, open_mode mode, unsigned permissions) {
    op::open request(std::move(path), open_flags(mode), permissions);
    result<unique_fd> opened = co_await request;
    if (!opened) co_return fail(opened.error());
    co_return file(std::move(*opened));
}

task<result<std::size_t>> file::read_exactly_at(std::uint64_t offset, mutable_bytes buffer) const {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const result<std::size_t> count =
            co_await read_some_at(offset + filled, buffer.subspan(filled));
        if (!count) co_return fail(count.error());
        if (*count == 0) break;
        filled += *count;
    }
    co_return filled;
}

task<result<void>> file::write_all_at(std::uint64_t offset, bytes data) const {
    while (!data.empty()) {
        const result<std::size_t> count = co_await write_some_at(offset, data);
        if (!count) co_return fail(count.error());
        // POSIX allows it of no regular file; a loop would never end.
        if (*count == 0) co_return fail(std::errc::io_error);
        offset += *count;
        data = data.subspan(*count);
    }
    co_return result<void>();
}

}  // namespace weir
