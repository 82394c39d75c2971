// SPDX-License-Identifier: Apache-2.0
// op::file_status: kind, size and time are those that the file system has.
#include <weir/base/unique_fd.hpp>
#include <weir/io/op/file_status.hpp>
#include <weir/io/run.hpp>

#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>

BOOST_AUTO_TEST_SUITE(file_status_test)

namespace {

weir::result<weir::file_facts> facts_of(const std::string& path) {
    const weir::unique_fd opened{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    auto main = [&]() -> weir::task<weir::result<weir::file_facts>> {
        weir::op::file_status request(opened.value());
        co_return co_await request;
    };
    return weir::run(main());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_has_its_size_and_the_time_of_its_last_change) {
    const weir::test::temporary_folder folder;
    const std::string path = folder / "a";
    std::ofstream(path) << "hello";
    const timespec times[2] = {{1, 2}, {1'700'000'000, 123'456'789}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
    const auto facts = facts_of(path);
    BOOST_REQUIRE(facts.has_value());
    BOOST_TEST(facts->size() == 5U);
    BOOST_TEST((facts->kind() == weir::file_kind::regular));
    BOOST_TEST(facts->modified().time_since_epoch().count() == 1'700'000'000'123'456'789);
}

BOOST_AUTO_TEST_CASE(a_file_from_a_time_that_cannot_be_counted_is_survived) {
    const weir::test::temporary_folder folder;
    const std::string path = folder / "a";
    std::ofstream(path) << "hello";
    for (const std::int64_t year_3000 : {32'503'680'000, -32'503'680'000}) {
        const timespec times[2] = {{1, 2}, {year_3000, 999'999'999}};
        BOOST_REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
        const auto facts = facts_of(path);
        BOOST_REQUIRE(facts.has_value());
        const auto since_1970 = facts->modified().time_since_epoch();
        BOOST_TEST((since_1970.count() > 0) == (year_3000 > 0));
    }
}

BOOST_AUTO_TEST_CASE(folders_and_devices_are_known_as_such) {
    BOOST_TEST((facts_of("/")->kind() == weir::file_kind::folder));
    BOOST_TEST((facts_of("/dev/null")->kind() == weir::file_kind::other));
}

BOOST_AUTO_TEST_CASE(a_bad_descriptor_is_an_error_value) {
    BOOST_TEST((facts_of("/none/such").error() == std::errc::bad_file_descriptor));
}

BOOST_AUTO_TEST_SUITE_END()
