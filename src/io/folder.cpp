// SPDX-License-Identifier: Apache-2.0
#include <weir/io/folder.hpp>

#include <weir/io/op/open.hpp>

#include <fcntl.h>

namespace weir {

task<result<folder>> folder::open(std::string path) {
    op::open request(std::move(path), O_PATH | O_DIRECTORY, 0);
    result<unique_fd> opened = co_await request;
    if (!opened) co_return fail(opened.error());
    co_return folder(std::move(*opened));
}

task<result<file>> folder::open_beneath(std::string relative, symbolic_links links) const {
    op::open_beneath request(fd_.value(), std::move(relative), links);
    result<unique_fd> opened = co_await request;
    if (!opened) co_return fail(opened.error());
    co_return file(std::move(*opened));
}

}  // namespace weir
