// SPDX-License-Identifier: Apache-2.0
// page_cache: both ways to ask give the same answer, and a part that is not there is not cached.
#include "io/page_cache.hpp"

#include "temporary_folder.hpp"

#include <weir/base/unique_fd.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

BOOST_AUTO_TEST_SUITE(page_cache_test)

namespace {

class written_file {
public:
    explicit written_file(std::size_t size)
        : fd(::open(std::string(folder_ / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        const std::string content(size, 'f');
        BOOST_REQUIRE(::write(fd.value(), content.data(), size) == static_cast<ssize_t>(size));
    }
    /// Takes it out of memory, as far as the file system does that.
    void drop() {
        BOOST_REQUIRE(::fsync(fd.value()) == 0);
        BOOST_REQUIRE(::posix_fadvise(fd.value(), 0, 0, POSIX_FADV_DONTNEED) == 0);
    }

private:
    weir::test::temporary_folder folder_;

public:
    weir::unique_fd fd;
};

/// What mincore and, where there is one, cachestat say.
void check_cached(const written_file& file, std::uint64_t offset, std::size_t size, bool expected) {
    BOOST_TEST_CONTEXT("from " << offset << ", " << size << " bytes") {
        BOOST_TEST(weir::is_resident(file.fd.value(), offset, size) == expected);
        BOOST_TEST(weir::is_cached(file.fd.value(), offset, size) == expected);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_just_written_is_in_memory) {
    const written_file file(3'000'000);
    check_cached(file, 0, 1, true);
    check_cached(file, 4095, 2, true);
    check_cached(file, 12'345, 2'900'000, true);
    check_cached(file, 0, 3'000'000, true);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_not_in_memory) {
    const written_file file(100'000);
    check_cached(file, 0, 0, false);
    check_cached(file, 200'000, 1, false);
    check_cached(file, 90'000, 50'000, false);
    check_cached(file, static_cast<std::uint64_t>(-1), 10, false);
    BOOST_TEST(!weir::is_resident(-1, 0, 10));
    BOOST_TEST(!weir::is_cached(-1, 0, 10));
}

BOOST_AUTO_TEST_CASE(what_was_dropped_is_not_in_memory) {
    written_file file(3'000'000);
    file.drop();
    const auto pages = weir::count_cached_pages(file.fd.value(), 0, 3'000'000);
    BOOST_TEST_MESSAGE("pages left by cachestat: " << pages);
    if (pages > 0) return;  // a file system that lives in memory drops nothing
    check_cached(file, 0, 3'000'000, false);
    char byte = 0;
    BOOST_REQUIRE(::pread(file.fd.value(), &byte, 1, 0) == 1);
    check_cached(file, 0, 1, true);
    check_cached(file, 2'999'000, 1000, false);
}

BOOST_AUTO_TEST_SUITE_END()
