// SPDX-License-Identifier: Apache-2.0
// op::file_size: large files have large sizes.
#include <weir/io/op/file_size.hpp>
#include <weir/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdio>

#include <unistd.h>

BOOST_AUTO_TEST_SUITE(file_size_test)

BOOST_AUTO_TEST_CASE(a_sparse_file_beyond_four_gibibytes_has_its_true_size) {
    constexpr off_t size = (off_t{5} << 30) + 3;
    std::FILE* file = std::tmpfile();
    BOOST_REQUIRE(file != nullptr);
    BOOST_REQUIRE(::ftruncate(::fileno(file), size) == 0);
    auto main = [&]() -> weir::task<> {
        weir::op::file_size request(::fileno(file));
        const weir::result<std::uint64_t> answer = co_await request;
        BOOST_TEST(answer.value_or(0U) == static_cast<std::uint64_t>(size));
    };
    weir::run(main());
    std::fclose(file);
}

BOOST_AUTO_TEST_CASE(a_bad_descriptor_is_an_error_value) {
    auto main = []() -> weir::task<> {
        weir::op::file_size request(1 << 20);
        const weir::result<std::uint64_t> answer = co_await request;
        BOOST_TEST((answer.error() == std::errc::bad_file_descriptor));
    };
    weir::run(main());
}

BOOST_AUTO_TEST_SUITE_END()
