// SPDX-License-Identifier: Apache-2.0
#include "co_test.hpp"
#include "kernel_bench.hpp"
#include "two_hosts.hpp"
#include "virtual_loop.hpp"

#include <weir/io/file.hpp>
#include <weir/io/folder.hpp>

#include <fcntl.h>

#include <array>
#include <set>

BOOST_AUTO_TEST_SUITE(disk_requests_test)

namespace {

using namespace weir::sim::test;
using weir::file;
using weir::open_mode;
using weir::sim::fault;
using weir::test::current_place;

weir::sim::disk& disk_here() { return current_place().host().disk(); }
weir::reactor::time_point now() { return weir::reactor::current().now(); }

/// Writes `text` to "file", with a sync when `is_synced`, and waits for ever.
weir::task<weir::result<void>> write_and_wait(std::string text, bool is_synced) {
    file notes = co_await weir::ok(file::open("file", open_mode::replace));
    co_await weir::ok(notes.write_all_at(0, weir::as_bytes(text)));
    if (is_synced) co_await weir::ok(notes.sync());
    co_await sleep_long();
    co_return weir::result<void>();
}
/// What is left of it by a crash a second later.
std::string left_by_a_crash(std::uint64_t seed, bool is_synced) {
    two_hosts pair(seed);
    pair.start(pair.server,
               [is_synced] { return write_and_wait(std::string(100, 'x'), is_synced); });
    pair.all.run_for(1s);
    BOOST_TEST(*pair.server.disk().read("file") == std::string(100, 'x'));
    pair.server.crash();
    return *pair.server.disk().read("file");
}

}  // namespace

CO_TEST(what_was_written_is_read_again) {
    auto notes = co_await file::open("file", open_mode::replace);
    CO_REQUIRE(notes.has_value());
    const auto written = co_await notes->write_all_at(3, weir::as_bytes("hello"));
    CO_CHECK(written.has_value());
    std::array<std::byte, 16> memory{};
    const auto read = co_await notes->read_some_at(3, memory);
    CO_CHECK_EQUAL(read.value_or(0), 5U);
    CO_CHECK_EQUAL(weir::as_text(weir::bytes(memory).first(5)), "hello");
    const auto part = co_await notes->read_some_at(6, weir::mutable_bytes(memory).first(1));
    CO_CHECK_EQUAL(part.value_or(0), 1U);
    const auto beyond = co_await notes->read_some_at(100, memory);
    CO_CHECK_EQUAL(beyond.value_or(1), 0U);
    const auto size = co_await notes->size();
    CO_CHECK_EQUAL(size.value_or(0), 8U);
}

CO_TEST(only_an_existing_file_is_opened_to_be_read) {
    const auto none = co_await file::open("file", open_mode::read);
    CO_CHECK(error_of(none) == std::errc::no_such_file_or_directory);
    const auto neither = co_await file::open("file", open_mode::update);
    CO_CHECK(error_of(neither) == std::errc::no_such_file_or_directory);
    CO_CHECK(!disk_here().read("file").has_value());
    disk_here().put("file", "text");
    auto notes = co_await file::open("file", open_mode::read);
    CO_REQUIRE(notes.has_value());
    const auto written = co_await notes->write_some_at(0, weir::as_bytes("x"));
    CO_CHECK(error_of(written) == std::errc::bad_file_descriptor);
    CO_CHECK_EQUAL(*disk_here().read("file"), "text");
}

CO_TEST(an_update_keeps_what_is_there_and_a_replacement_does_not) {
    disk_here().put("file", "text");
    auto kept = co_await file::open("file", open_mode::update);
    CO_REQUIRE(kept.has_value());
    const auto written = co_await kept->write_all_at(1, weir::as_bytes("i"));
    CO_REQUIRE(written.has_value());
    CO_CHECK_EQUAL(*disk_here().read("file"), "tixt");
    const auto replaced = co_await file::open("file", open_mode::replace);
    CO_REQUIRE(replaced.has_value());
    CO_CHECK_EQUAL(*disk_here().read("file"), "");
}

CO_TEST(a_new_file_must_not_be_there) {
    const auto made = co_await file::open("file", open_mode::create_new);
    CO_REQUIRE(made.has_value());
    const auto again = co_await file::open("file", open_mode::create_new);
    CO_CHECK(error_of(again) == std::errc::file_exists);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_opened_to_append_is_written_at_its_end_only) {
    kernel_bench bench;
    bench.home.disk().put("file", "text");
    ::io_uring_prep_openat(&bench.ask(1), AT_FDCWD, "file", O_WRONLY | O_APPEND, 0);
    const int fd = bench.run_for(1ms).at(0).result;
    ::io_uring_prep_write(&bench.ask(2), fd, "more", 4, 1);
    BOOST_TEST(bench.run_for(1ms).at(0).result == 4);
    BOOST_TEST(*bench.home.disk().read("file") == "textmore");
}

CO_TEST(a_full_disk_takes_neither_bytes_nor_new_files) {
    disk_here().put("file", "text");
    current_place().faults().rate(fault::disk_full, 1);
    const auto made = co_await file::open("new", open_mode::replace);
    CO_CHECK(error_of(made) == std::errc::no_space_on_device);
    CO_CHECK(!disk_here().read("new").has_value());
    auto notes = co_await file::open("file", open_mode::update);
    CO_REQUIRE(notes.has_value());
    const auto written = co_await notes->write_all_at(0, weir::as_bytes("x"));
    CO_CHECK(error_of(written) == std::errc::no_space_on_device);
    CO_CHECK_EQUAL(*disk_here().read("file"), "text");
}

CO_TEST(a_broken_disk_fails_reads_writes_and_syncs) {
    disk_here().put("file", "text");
    auto notes = co_await file::open("file", open_mode::update);
    CO_REQUIRE(notes.has_value());
    current_place().faults().rate(fault::disk_error, 1);
    std::array<std::byte, 16> memory{};
    const auto read = co_await notes->read_some_at(0, memory);
    CO_CHECK(error_of(read) == std::errc::io_error);
    const auto written = co_await notes->write_some_at(0, weir::as_bytes("x"));
    CO_CHECK(error_of(written) == std::errc::io_error);
    const auto synced = co_await notes->sync();
    CO_CHECK(error_of(synced) == std::errc::io_error);
    CO_CHECK_EQUAL(*disk_here().read("file"), "text");
}

CO_TEST(torn_writes_are_put_together_by_who_writes_all) {
    auto notes = co_await file::open("file", open_mode::replace);
    CO_REQUIRE(notes.has_value());
    current_place().faults().rate(fault::torn_write, 1);
    const auto some = co_await notes->write_some_at(0, weir::as_bytes("0123456789"));
    CO_CHECK(some.value_or(0) > 0U && some.value_or(10) < 10U);
    const std::string text(1000, 'y');
    const auto all = co_await notes->write_all_at(0, weir::as_bytes(text));
    CO_CHECK(all.has_value());
    CO_CHECK_EQUAL(*disk_here().read("file"), text);
}

CO_TEST(a_disk_takes_its_time_and_a_slow_one_more) {
    auto notes = co_await file::open("file", open_mode::replace);
    CO_REQUIRE(notes.has_value());
    auto begin = now();
    const auto quick = co_await notes->write_some_at(0, weir::as_bytes("x"));
    CO_CHECK(quick.has_value());
    CO_CHECK(now() - begin >= 20us && now() - begin <= 200us);
    current_place().faults().rate(fault::slow_disk, 1);
    begin = now();
    const auto slow = co_await notes->write_some_at(0, weir::as_bytes("x"));
    CO_CHECK(slow.has_value());
    CO_CHECK(now() - begin > 200us && now() - begin <= 1s);
}

CO_TEST(a_file_needs_a_descriptor_and_gives_it_back) {
    const std::size_t before = current_place().host().open_descriptors();
    auto notes = co_await file::open("file", open_mode::replace);
    CO_REQUIRE(notes.has_value());
    CO_CHECK_EQUAL(current_place().host().open_descriptors(), before + 1);
    const auto closed = co_await notes->close();
    CO_CHECK(closed.has_value());
    CO_CHECK_EQUAL(current_place().host().open_descriptors(), before);
    current_place().faults().rate(fault::no_descriptor, 1);
    const auto refused = co_await file::open("other", open_mode::replace);
    CO_CHECK(error_of(refused) == std::errc::too_many_files_open);
    CO_CHECK(!disk_here().read("other").has_value());
}

BOOST_AUTO_TEST_CASE(a_sync_makes_it_safe_from_a_crash) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        BOOST_TEST(left_by_a_crash(seed, true) == std::string(100, 'x'));
    }
}

BOOST_AUTO_TEST_CASE(without_a_sync_a_crash_may_lose_it) {
    std::set<std::string> left;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) left.insert(left_by_a_crash(seed, false));
    BOOST_TEST(left.contains(""));
    BOOST_TEST(left.contains(std::string(100, 'x')));
}

BOOST_AUTO_TEST_CASE(a_write_that_is_under_way_at_a_crash_never_happens) {
    two_hosts pair;
    pair.all.faults().rate(fault::slow_disk, 1);
    pair.server.disk().put("file", "text");
    bool writes = false;
    const auto write = [&writes]() -> weir::task<weir::result<void>> {
        file notes = co_await weir::ok(file::open("file", open_mode::update));
        writes = true;
        co_await weir::ok(notes.write_all_at(0, weir::as_bytes("late")));
        co_return weir::result<void>();
    };
    pair.start(pair.server, write);
    BOOST_TEST(pair.all.run_until([&] { return writes; }, 10s));
    pair.server.crash();
    pair.all.run_for(10s);
    BOOST_TEST(*pair.server.disk().read("file") == "text");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_being_opened_at_a_crash_is_not_emptied) {
    two_hosts pair;
    pair.all.faults().rate(fault::slow_disk, 1);
    pair.server.disk().put("file", "text");
    pair.start(pair.server, [] { return write_and_wait("late", false); });
    pair.all.run_for(1us);
    pair.server.crash();
    pair.all.run_for(10s);
    BOOST_TEST(*pair.server.disk().read("file") == "text");
}

CO_TEST(a_folder_opens_what_is_beneath_it_and_nothing_else) {
    disk_here().put("/root/docs/page", "docs");
    disk_here().put("/secret", "secret");
    auto root = co_await weir::folder::open("/root");
    CO_REQUIRE(root.has_value());
    const auto page = co_await root->open_beneath("docs/page");
    CO_REQUIRE(page.has_value());
    const auto docs = co_await root->open_beneath("docs");
    CO_REQUIRE(docs.has_value());
    const auto facts = co_await docs->facts();
    CO_REQUIRE(facts.has_value());
    CO_CHECK(facts->kind() == weir::file_kind::folder);
    const auto outside = co_await root->open_beneath("../secret");
    CO_CHECK(error_of(outside) == std::errc::cross_device_link);
    const auto none = co_await root->open_beneath("none");
    CO_CHECK(error_of(none) == std::errc::no_such_file_or_directory);
    const auto no_folder = co_await weir::folder::open("/secret");
    CO_CHECK(error_of(no_folder) == std::errc::not_a_directory);
}

BOOST_AUTO_TEST_SUITE_END()
