// SPDX-License-Identifier: Apache-2.0
#include <weir/sim/disk.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(disk_test)

namespace {

using weir::random;
using weir::sim::disk;

constexpr std::size_t sector = 512;
constexpr std::uint64_t seeds = 200;

/// What a crash leaves of `later`, which was written over a synced `earlier`.
std::string crashed(std::uint64_t seed, const std::string& earlier, const std::string& later) {
    disk place{random(seed)};
    place.put("file", earlier);
    place.find("file")->resize(later.size());
    place.find("file")->write(0, weir::as_bytes(later));
    place.crash();
    return *place.read("file");
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_synced_is_there_after_a_crash) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        disk place{random(seed)};
        const auto file = place.create("file");
        const std::string text(3 * sector + 7, 'a');
        file->write(0, weir::as_bytes(text));
        file->sync();
        place.crash();
        BOOST_REQUIRE(place.read("file") == text);
    }
}

BOOST_AUTO_TEST_CASE(what_was_not_synced_is_torn_sector_by_sector) {
    std::set<std::string> patterns;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const std::string left =
            crashed(seed, std::string(3 * sector, 'a'), std::string(3 * sector, 'b'));
        BOOST_REQUIRE(left.size() == 3 * sector);
        std::string pattern;
        for (std::size_t at = 0; at < left.size(); at += sector) {
            BOOST_REQUIRE(left.substr(at, sector) == std::string(sector, left[at]));
            pattern += left[at];
        }
        patterns.insert(pattern);
    }
    // All old, all new, and everything between.
    BOOST_TEST(patterns.size() == 8U);
}

BOOST_AUTO_TEST_CASE(a_length_that_was_not_synced_is_kept_or_lost) {
    std::set<std::size_t> grown;
    std::set<std::size_t> shrunk;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        grown.insert(crashed(seed, std::string(100, 'a'), std::string(2000, 'b')).size());
        shrunk.insert(crashed(seed, std::string(2000, 'a'), std::string(100, 'b')).size());
    }
    BOOST_TEST((grown == std::set<std::size_t>{100, 2000}));
    BOOST_TEST((shrunk == std::set<std::size_t>{100, 2000}));
}

BOOST_AUTO_TEST_CASE(a_sector_that_was_never_written_down_holds_zeros) {
    std::set<char> seen;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        const std::string left = crashed(seed, "", std::string(sector, 'b'));
        for (const char each : left) seen.insert(each);
    }
    BOOST_TEST((seen == std::set<char>{'\0', 'b'}));
}

BOOST_AUTO_TEST_CASE(what_a_crash_left_is_safe_from_the_next_one) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        disk place{random(seed)};
        place.put("file", std::string(3 * sector, 'a'));
        const std::string later(3 * sector, 'b');
        place.find("file")->write(0, weir::as_bytes(later));
        place.crash();
        const auto left = place.read("file");
        place.crash();
        BOOST_REQUIRE((place.read("file") == left));
    }
}

BOOST_AUTO_TEST_CASE(a_write_of_nothing_leaves_the_length_alone) {
    weir::sim::disk_file file;
    file.write(100, {});
    BOOST_TEST(file.content().empty());
}

BOOST_AUTO_TEST_CASE(a_write_keeps_what_is_around_it_and_fills_a_gap_with_zeros) {
    disk place{random(1)};
    place.put("file", "0123456789");
    place.find("file")->write(3, weir::as_bytes("abc"));
    BOOST_TEST(*place.read("file") == "012abc6789");
    place.find("file")->write(12, weir::as_bytes("x"));
    BOOST_TEST((*place.read("file") == std::string("012abc6789\0\0x", 13)));
}

BOOST_AUTO_TEST_CASE(a_renamed_file_has_its_new_name_only) {
    disk place{random(1)};
    place.put("old", "text");
    place.put("new", "what is replaced");
    BOOST_TEST(place.rename("old", "new"));
    BOOST_TEST(*place.read("new") == "text");
    BOOST_TEST(!place.read("old").has_value());
    BOOST_TEST(!place.rename("old", "newer"));
    BOOST_TEST(place.rename("new", "new"));
    BOOST_TEST(*place.read("new") == "text");
}

BOOST_AUTO_TEST_CASE(what_was_put_there_is_read_and_survives) {
    disk place{random(1)};
    BOOST_TEST(!place.read("file").has_value());
    BOOST_TEST(place.find("file") == nullptr);
    place.put("file", "first");
    place.put("file", "second");
    place.crash();
    BOOST_TEST(*place.read("file") == "second");
}

BOOST_AUTO_TEST_CASE(a_removed_file_is_gone_but_for_those_who_hold_it) {
    disk place{random(1)};
    place.put("file", "text");
    const auto held = place.find("file");
    BOOST_TEST(place.remove("file"));
    BOOST_TEST(!place.remove("file"));
    BOOST_TEST(!place.read("file").has_value());
    BOOST_TEST(held->content().size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
