// SPDX-License-Identifier: Apache-2.0
// folder: what is beneath it can be read, and nothing else, whatever the name or the links.
#include <weir/coro/ok.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/folder.hpp>
#include <weir/io/run.hpp>

#include "fd_count.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(folder_test)

namespace {

using weir::symbolic_links;

/// root/page, root/docs/page, links of all kinds, and a secret beside the root.
class tree {
public:
    tree() {
        fs::create_directories(folder_ / "root/docs");
        std::ofstream(folder_ / "secret") << "secret";
        std::ofstream(folder_ / "root/page") << "page";
        std::ofstream(folder_ / "root/docs/page") << "docs";
        fs::create_symlink("docs/page", folder_ / "root/inner");
        fs::create_symlink("../page", folder_ / "root/docs/up");
        fs::create_symlink("../secret", folder_ / "root/outer");
        fs::create_symlink(folder_ / "secret", folder_ / "root/absolute");
        fs::create_symlink("/", folder_ / "root/slash");
        fs::create_symlink("loop", folder_ / "root/loop");
        fs::create_symlink("/proc/self/cwd", folder_ / "root/magic");
    }
    [[nodiscard]] std::string root() const { return folder_ / "root"; }

private:
    weir::test::temporary_folder folder_;
};

/// What the file beneath the root says, or the error.
std::string read(const std::string& root, const std::string& name,
                 symbolic_links links = symbolic_links::beneath) {
    auto main = [&]() -> weir::task<weir::result<std::string>> {
        weir::folder place = co_await weir::ok(weir::folder::open(root));
        weir::file page = co_await weir::ok(place.open_beneath(name, links));
        std::array<std::byte, 32> buffer;
        const std::size_t size = co_await weir::ok(page.read_some_at(0, buffer));
        co_return std::string(weir::as_text(weir::bytes(buffer).first(size)));
    };
    const auto text = weir::run(main());
    return text ? *text : "!" + text.error().message();
}

std::string refused(std::errc error) { return "!" + std::make_error_code(error).message(); }

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_beneath_it_is_read) {
    const tree files;
    BOOST_TEST(read(files.root(), "page") == "page");
    BOOST_TEST(read(files.root(), "docs/page") == "docs");
    BOOST_TEST(read(files.root(), "none") == refused(std::errc::no_such_file_or_directory));
    BOOST_TEST(read(files.root(), "page/x") == refused(std::errc::not_a_directory));
    BOOST_TEST(read(files.root(), "docs") == refused(std::errc::is_a_directory));
}

BOOST_AUTO_TEST_CASE(no_name_leads_out_of_it) {
    const tree files;
    for (const char* name : {"../secret", "docs/../../secret", "/etc/passwd", "..", "../root/page",
                             "docs/../../root/page"}) {
        BOOST_TEST(read(files.root(), name) == refused(std::errc::cross_device_link), name);
    }
}

BOOST_AUTO_TEST_CASE(links_are_followed_as_long_as_they_stay_beneath_it) {
    const tree files;
    BOOST_TEST(read(files.root(), "inner") == "docs");
    BOOST_TEST(read(files.root(), "docs/up") == "page");
    for (const char* name : {"outer", "absolute", "slash/etc/passwd", "magic/page"}) {
        BOOST_TEST(read(files.root(), name) == refused(std::errc::cross_device_link), name);
    }
    BOOST_TEST(read(files.root(), "loop") == refused(std::errc::too_many_symbolic_link_levels));
}

BOOST_AUTO_TEST_CASE(links_may_be_refused_altogether) {
    const tree files;
    BOOST_TEST(read(files.root(), "docs/page", symbolic_links::refused) == "docs");
    for (const char* name : {"inner", "docs/up", "outer", "slash/etc/passwd"}) {
        BOOST_TEST(read(files.root(), name, symbolic_links::refused) ==
                       refused(std::errc::too_many_symbolic_link_levels),
                   name);
    }
}

BOOST_AUTO_TEST_CASE(only_a_folder_is_one) {
    const tree files;
    BOOST_TEST(read(files.root() + "/page", "x") == refused(std::errc::not_a_directory));
    BOOST_TEST(read(files.root() + "/none", "x") == refused(std::errc::no_such_file_or_directory));
}

BOOST_AUTO_TEST_CASE(a_fifo_keeps_nobody_waiting) {
    const tree files;
    BOOST_REQUIRE(::mkfifo((files.root() + "/fifo").c_str(), 0600) == 0);
    // Nobody writes into it: to open it plainly would take until somebody does.
    auto main = [&]() -> weir::task<weir::result<bool>> {
        weir::folder place = co_await weir::ok(weir::folder::open(files.root()));
        weir::file opened = co_await weir::ok(place.open_beneath("fifo"));
        const weir::file_facts facts = co_await weir::ok(opened.facts());
        co_return facts.kind() == weir::file_kind::regular;
    };
    const auto is_regular = weir::run(main());
    BOOST_REQUIRE(is_regular.has_value());
    BOOST_TEST(!*is_regular);
}

BOOST_AUTO_TEST_CASE(no_descriptor_is_lost_to_a_stop) {
    const tree files;
    const std::size_t before = weir::test::fd_count();
    auto main = [&]() -> weir::task<> {
        auto place = co_await weir::folder::open(files.root());
        BOOST_REQUIRE(place.has_value());
        auto self = co_await weir::this_task();
        self.ambient().request_stop();
        auto opened = co_await place->open_beneath("page");
        BOOST_TEST((opened.error() == std::errc::operation_canceled));
    };
    weir::run(main());
    BOOST_TEST(weir::test::fd_count() == before);
}

BOOST_AUTO_TEST_SUITE_END()
